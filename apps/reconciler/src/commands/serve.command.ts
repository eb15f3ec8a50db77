import { Logger, type INestApplicationContext } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { explain, type Configuration, type Program } from 'app-runtime';
import { CronJob } from 'cron';
import { openService } from '../open-service.js';
import { PollService } from '../poll/poll.service.js';
import { PollWorkers } from '../poll/poll.worker.js';
import { logProgress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import { reportFailedRun } from '../delivery/failed-run.reporter.js';
import { ReconciliationService, type RunRequest } from '../reconciliation.service.js';
import { describeReasons, type SlotResult } from '../slot/slot-result.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { DueRuns } from './due-runs.js';
import { runAccounts } from './run-accounts.js';

const EVERY_QUARTER = '*/15 * * * *';
const EVERY_MINUTE = '* * * * *';

/** `serve`: runs what is due on the schedule, polls links in between, and processes the queues. */
export async function serveCommand(program: Program): Promise<number> {
  const {
    app,
    configuration,
    logger: programLogger,
  } = await openService(program, {
    pollsOnSchedule: true,
    reissues: true,
  });
  const logger = new Logger('Reconciler');
  await app.get(PollService).requireQueues();
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  for (const account of accounts) await app.get(ReconciliationService).check(account, {});
  for (const account of accounts) app.get(PollWorkers).start(account);

  const progress = logProgress((line) => logger.log(line));
  const dueRuns = new DueRuns(
    () =>
      runAndDeliver(app, configuration, {
        progress,
        signal: program.signal,
        until: Infinity,
        onResult: (result, done) => {
          if (!done) return;
          if (result.incomplete || !result.footed) logger.warn(describe(result));
          else logger.log(describe(result));
        },
      }),
    () => app.get(SlotRepository).hasOpen(accounts),
  );
  const schedule = (name: string, cronTime: string, onTick: () => Promise<void>) => {
    const job = CronJob.from({
      cronTime,
      timeZone: configuration.reportTimezone,
      waitForCompletion: true,
      onTick,
      errorHandler: (error) => {
        if (!program.signal.aborted) logger.error(explain(error));
      },
    });
    app.get(SchedulerRegistry).addCronJob(name, job);
    job.start();
    return job;
  };
  const jobs = [
    schedule('reconcile', configuration.reconcileCron, () => dueRuns.onSchedule()),
    schedule('late reads', EVERY_QUARTER, () => dueRuns.onQuarter()),
    schedule('deliveries', EVERY_MINUTE, () => app.get(DeliveryService).deliverDue(program.signal)),
  ];
  programLogger.announce(`serving: the next run is at ${jobs[0]!.nextDate().toISO()}`, 'Reconciler');
  await program.stopped();
  for (const job of jobs) await job.stop();
  return 0;
}

async function runAndDeliver(
  app: INestApplicationContext,
  configuration: Configuration,
  request: RunRequest,
): Promise<number> {
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  const report = (error: unknown, failed: readonly string[]) =>
    reportFailedRun(app, configuration, { error, accounts: failed, signal: request.signal });
  try {
    return await runAccounts(app, { ...request, onFailure: (account, error) => report(error, [account]) });
  } catch (error) {
    if (!request.signal.aborted) await report(error, accounts);
    throw error;
  } finally {
    // Stored ones that fail are tried again every minute that they are due.
    await app.get(DeliveryService).deliverFresh(request.signal);
  }
}

/** One line for the log. */
function describe({
  account,
  date,
  provisional,
  incomplete,
  coverage,
  failures,
  footed,
  reportSet,
}: SlotResult) {
  return [
    `${account} ${date}: ${provisional ? 'open' : 'sealed'}`,
    `${coverage.read} of ${coverage.open} open links read${incomplete ? ` (no response: ${describeReasons(coverage)})` : ''}`,
    `${failures} rows in failures.csv`,
    footed ? 'balanced' : 'DOES NOT BALANCE',
    reportSet,
  ].join(', ');
}
