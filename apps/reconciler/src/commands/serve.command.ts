import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Program } from 'app-runtime';
import { CronJob } from 'cron';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { PollService } from '../poll/poll.service.js';
import { PollWorkers } from '../poll/poll.worker.js';
import { openProgress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { runAccounts } from './run-accounts.js';

const SCHEDULED_RUN = 'reconcile';

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
  const job = CronJob.from({
    cronTime: configuration.reconcileCron,
    timeZone: configuration.reportTimezone,
    // A run that takes longer than the interval is not joined by another.
    waitForCompletion: true,
    onTick: async () => {
      const progress = openProgress({ wanted: false });
      const exitCode = await runAccounts(app, {
        progress,
        signal: program.signal,
        until: Infinity,
        onResult: ({ account, date, failures, reportSet }) =>
          logger.log(`${account} ${date}: ${failures} failures, ${reportSet}`),
      });
      if (exitCode !== 0) logger.error(`the run ended with exit code ${exitCode}`);
    },
    errorHandler: (error) => {
      if (!program.signal.aborted) logger.error(error instanceof Error ? error.message : String(error));
    },
  });
  app.get(SchedulerRegistry).addCronJob(SCHEDULED_RUN, job);
  job.start();
  console.log(`serving: the next run is at ${job.nextDate().toISO()}`);
  await program.stopped();
  await job.stop();
  return 0;
}
