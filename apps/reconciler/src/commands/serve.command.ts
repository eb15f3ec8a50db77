import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { ExitCode, explain, type Program } from 'app-runtime';
import { CronJob } from 'cron';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { PollService } from '../poll/poll.service.js';
import { PollWorkers } from '../poll/poll.worker.js';
import { openProgress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { ReconciliationService } from '../reconciliation.service.js';
import { describeReasons, type SlotResult } from '../slot/slot-result.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { runAccounts } from './run-accounts.js';

const SCHEDULED_RUN = 'reconcile';
/** Runs again while a slot is open for late reads, or after a run that failed. */
const LATE_READS = 'late reads';
const EVERY_QUARTER = '*/15 * * * *';

/** `serve`: runs what is due on the schedule, polls links in between, and processes the queues. */
export async function serveCommand(program: Program): Promise<number> {
  const configuration = readConfig();
  const app = await openReconciler(program, configuration, (message) => console.error(message), {
    pollsOnSchedule: true,
  });
  const logger = new Logger('Reconciler');
  await app.get(PollService).requireQueues();
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  for (const account of accounts) app.get(PollWorkers).start(account);
  const reconciliation = app.get(ReconciliationService);
  for (const account of accounts) await reconciliation.check(account, {});

  const progress = openProgress({ wanted: false });
  let failed = false;
  let running = false;
  /** One run at a time: one that takes longer than the interval is not joined by another. */
  const run = async () => {
    if (running) return;
    running = true;
    try {
      const exitCode = await runAccounts(app, {
        progress,
        signal: program.signal,
        until: Infinity,
        onResult: (result, done) => {
          if (done) logger.log(describe(result));
        },
      });
      failed = exitCode === ExitCode.COULD_NOT_RUN;
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      running = false;
    }
  };
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
    schedule(SCHEDULED_RUN, configuration.reconcileCron, run),
    schedule(LATE_READS, EVERY_QUARTER, async () => {
      if (failed || (await app.get(SlotRepository).hasOpen(accounts))) await run();
    }),
  ];
  console.log(`serving: the next run is at ${jobs[0]!.nextDate().toISO()}`);
  await program.stopped();
  for (const job of jobs) await job.stop();
  return 0;
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
