import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { PollProcessor } from './poll.processor.js';
import { queueName, shapeOfWork, type PollJob } from './poll.queue.js';

/** A job whose worker is silent this long goes to another one; it may happen repeatedly. Milliseconds. */
const LOCK_MS = 10_000;
const SILENCE_CHECK_MS = 5_000;
const STALLS = 10;
const CONNECT_AGAIN_MS = 1_000;

/** The workers of this process, one per account. */
@Injectable()
export class PollWorkers implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PollWorkers.name);
  private readonly workers = new Map<string, Promise<Worker<PollJob> | undefined>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly jobs: PollProcessor,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** Starts processing an account's queue. */
  start(account: string): void {
    if (!this.workers.has(account)) this.workers.set(account, this.connect(account));
  }

  /** Waits for the polls in flight. */
  async beforeApplicationShutdown(): Promise<void> {
    this.jobs.stop();
    this.ending.abort();
    await Promise.all([...this.workers.values()].map(async (worker) => (await worker)?.close()));
  }

  /**
   * Returns the worker once it is connected. A worker whose first connection fails is replaced: BullMQ keeps the
   * rejected promise, and its loop would spin on it and starve the process.
   */
  private async connect(account: string): Promise<Worker<PollJob> | undefined> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const worker = this.create(account);
      // An unreachable Redis is retried for ever: only closing ends that wait.
      const close = () => void worker.close().catch(() => undefined);
      signal.addEventListener('abort', close, { once: true });
      try {
        await worker.waitUntilReady();
        worker.run().catch((error: unknown) => this.warn(account, error));
        return worker;
      } catch (error) {
        this.warn(account, error);
        await worker.close().catch(() => undefined);
        await wait(CONNECT_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      } finally {
        signal.removeEventListener('abort', close);
      }
    }
    return undefined;
  }

  private create(account: string): Worker<PollJob> {
    const { Worker: QueueWorker, connection } = this.options.queue;
    const worker: Worker<PollJob> = new QueueWorker(queueName(account), ({ data }) => this.jobs.work(data), {
      connection,
      autorun: false,
      concurrency: shapeOfWork(this.options.limitsOf(account)).jobsInHand,
      lockDuration: LOCK_MS,
      stalledInterval: SILENCE_CHECK_MS,
      maxStalledCount: STALLS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 1_000 },
    });
    worker.on('error', (error) => this.warn(account, error));
    worker.on('failed', (job, error) =>
      this.logger.warn(`poll job ${job?.id} of ${account}: ${error.message}`),
    );
    return worker;
  }

  private warn(account: string, error: unknown): void {
    this.logger.warn(`queue of ${account}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
