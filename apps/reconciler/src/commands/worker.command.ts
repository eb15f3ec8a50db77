import type { Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { PollService } from '../poll/poll.service.js';
import { PollWorkers } from '../poll/poll.worker.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';

/** `worker`: processes poll jobs of runs on other machines until it is stopped. */
export async function workerCommand(program: Program): Promise<number> {
  const app = await openReconciler(program, readConfig(), (message) => console.error(message));
  await app.get(PollService).requireQueues();
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  for (const account of accounts) app.get(PollWorkers).start(account);
  console.log(`working on the queues of ${accounts.join(', ')}`);
  await program.stopped();
  return 0;
}
