import type { Program } from 'app-runtime';
import { openService } from '../open-service.js';
import { PollService } from '../poll/poll.service.js';
import { PollWorkers } from '../poll/poll.worker.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';

/** `worker`: processes poll jobs of runs on other machines until it is stopped. */
export async function workerCommand(program: Program): Promise<number> {
  const { app, logger } = await openService(program);
  await app.get(PollService).requireQueues();
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  for (const account of accounts) app.get(PollWorkers).start(account);
  logger.announce(`working on the queues of ${accounts.join(', ')}`, 'Reconciler');
  await program.stopped();
  return 0;
}
