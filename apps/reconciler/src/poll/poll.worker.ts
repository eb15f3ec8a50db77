import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { PollJobs } from './poll.job.js';
import { queueName, shapeOfWork, type PollJob } from './poll.queue.js';

/** A job whose worker fell silent is given to another after so long; it may happen again to the same job. */
const LOCK_MS = 10_000;
const LOOK_FOR_SILENT_MS = 5_000;
const STALLS = 10;

/** The workers of this process, one per account that it works for. */
@Injectable()
export class PollWorkers implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Reconciler');
  private readonly workers = new Map<string, Worker<PollJob>>();

  constructor(
    private readonly jobs: PollJobs,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** Works on an account's queue from now on. */
  start(account: string): void {
    if (this.workers.has(account)) return;
    const { Worker: QueueWorker, connection } = this.options.queue;
    const { concurrency } = this.options.limitsOf(account);
    const worker: Worker<PollJob> = new QueueWorker(queueName(account), ({ data }) => this.jobs.work(data), {
      connection,
      concurrency: shapeOfWork(concurrency).jobsInHand,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_SILENT_MS,
      maxStalledCount: STALLS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 1_000 },
    });
    worker.on('error', (error) => this.logger.warn(`queue of ${account}: ${error.message}`));
    worker.on('failed', (job, error) =>
      this.logger.warn(`poll job ${job?.id} of ${account}: ${error.message}`),
    );
    this.workers.set(account, worker);
  }

  /** Waits for the reads that are under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.jobs.stop();
    await Promise.all([...this.workers.values()].map((worker) => worker.close()));
  }
}
