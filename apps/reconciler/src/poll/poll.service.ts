import { setTimeout as wait } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bullmq';
import { once } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import type { Progress } from '../progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { QueueUnavailableError } from '../queue/queue-unavailable.error.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { RunTakenOverError } from '../slot/run-taken-over.error.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { KeyRefusedError } from './key-refused.error.js';
import { TRIES } from './poll.processor.js';
import { queueName, shapeOfWork, type PollJob } from './poll.queue.js';
import { PollRepository } from './poll.repository.js';
import { PollWorkers } from './poll.worker.js';

/** Interval at which the queue is checked, in milliseconds. */
const CHECK_QUEUE_MS = 150;
const JOBS_AHEAD = 200;
const IN_HAND_MS = 15_000;
/** The attempts of a link, plus some for jobs that were lost with their worker. */
const ROUNDS = TRIES + 3;
/** Waits before each round, so that the provider can recover. Milliseconds. */
const WAITS_BEFORE_ROUNDS_MS = [0, 5_000, 20_000, 60_000];

/** Has a slot's links polled: enqueues them for the workers, here and on other machines, until all are done. */
@Injectable()
export class PollService {
  private nextProgressAt = 0;

  constructor(
    private readonly slots: SlotRepository,
    private readonly polls: PollRepository,
    private readonly workers: PollWorkers,
    private readonly modules: ModuleRef,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** Without its queues a program would wait for ever. @throws QueueUnavailableError */
  async requireQueues(): Promise<void> {
    for (const account of this.options.accounts) {
      const queue = this.queueOf(account);
      const failed = once(queue, 'error').then(([error]) => {
        throw error;
      });
      try {
        await Promise.race([queue.waitUntilReady(), failed]);
      } catch (error) {
        throw new QueueUnavailableError(error);
      }
    }
  }

  /**
   * Returns when every link of the run has its outcome, or at `until`: links not polled by then stay unread.
   * @param until by `performance.now()`
   * @throws KeyRefusedError
   * @throws RunTakenOverError
   * @throws the signal's reason when it is aborted
   */
  async readAll(
    run: ReconciliationRun,
    progress: Progress,
    signal: AbortSignal,
    until = Infinity,
  ): Promise<void> {
    this.workers.start(run.account);
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { total, done } = await this.polls.progress(run.id);
        progress.update(done);
        if (done === total || performance.now() > until) break;
        const waitMs = WAITS_BEFORE_ROUNDS_MS[Math.min(round, WAITS_BEFORE_ROUNDS_MS.length - 1)]!;
        await wait(Math.max(0, Math.min(waitMs, until - performance.now())), undefined, { signal });
        await this.readRound(run, round, progress, signal, until);
      }
    } catch (error) {
      // The original error matters more to the caller.
      await this.queueOf(run.account)
        .drain(true)
        .catch(() => undefined);
      throw error;
    }
    await this.queueOf(run.account).drain(true);
    await this.jobsInHand(run.account);
  }

  /** Jobs in progress when the time is up still count; one whose worker is silent is not waited for. */
  private async jobsInHand(account: string): Promise<void> {
    const giveUpAt = performance.now() + IN_HAND_MS;
    while (performance.now() < giveUpAt && (await this.queueOf(account).getActiveCount()) > 0)
      await wait(CHECK_QUEUE_MS);
  }

  private async readRound(
    run: ReconciliationRun,
    round: number,
    progress: Progress,
    signal: AbortSignal,
    until: number,
  ): Promise<void> {
    const queue = this.queueOf(run.account);
    const { linksPerJob } = shapeOfWork(this.options.limitsOf(run.account));
    let batch = 0;
    let jobs: { name: string; data: PollJob; opts: object }[] = [];
    const send = async () => {
      await queue.addBulk(jobs.splice(0));
      await this.waitForJobs(run, JOBS_AHEAD, progress, signal, until);
    };
    for await (const range of this.polls.unread(run.id, linksPerJob)) {
      batch += 1;
      const data = { runId: run.id, readingNumber: run.readingNumber, ...range };
      const jobId = `${run.id}-${run.readingNumber}-${round}-${batch}`;
      jobs.push({
        name: 'poll',
        data,
        opts: { jobId, attempts: 3, backoff: { type: 'exponential', delay: 500 } },
      });
      if (jobs.length >= JOBS_AHEAD / 2) await send();
      if (performance.now() > until) break;
    }
    await queue.addBulk(jobs);
    jobs = [];
    await this.waitForJobs(run, 0, progress, signal, until);
  }

  /** Waits until at most so many jobs are left, or until the time is over. */
  private async waitForJobs(
    run: ReconciliationRun,
    atMost: number,
    progress: Progress,
    signal: AbortSignal,
    until: number,
  ): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const [left] = await Promise.all([this.jobsLeft(run.account), this.requirePollable(run)]);
      await this.reportProgress(run, progress);
      if (left <= atMost || performance.now() > until) return;
      await wait(CHECK_QUEUE_MS);
    }
  }

  private async jobsLeft(account: string): Promise<number> {
    const counts = await this.queueOf(account).getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /**
   * @throws RunTakenOverError when another program has taken the run over
   * @throws KeyRefusedError when the provider refused the account's key
   */
  private async requirePollable({ id, account, readingNumber }: ReconciliationRun): Promise<void> {
    const now = await this.slots.findById(id);
    if (now!.readingNumber !== readingNumber) throw new RunTakenOverError(account);
    if (now!.keyRefused !== null) throw new KeyRefusedError(account, now!.keyRefused);
  }

  /** Counting takes longer the more there is to poll: it gets a twentieth of the time at most. */
  private async reportProgress(run: ReconciliationRun, progress: Progress): Promise<void> {
    const begun = performance.now();
    if (begun < this.nextProgressAt) return;
    progress.update((await this.polls.progress(run.id)).done);
    const ended = performance.now();
    this.nextProgressAt = ended + 20 * (ended - begun);
  }

  private queueOf(account: string): Queue<PollJob> {
    return this.modules.get<Queue<PollJob>>(getQueueToken(queueName(account)), { strict: false });
  }
}
