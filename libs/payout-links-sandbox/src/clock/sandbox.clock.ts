import { Injectable, Logger } from '@nestjs/common';
import { FIRST_RETRY_MS } from '../webhooks/retry-times.js';
import { StateChanges } from '../state/state-changes.js';
import type { DueJob, DueJobOf } from './due-job.js';
import { DueQueue, type Due } from './due-queue.js';

type Handler = (job: DueJob, at: number) => void | Promise<void>;

const LONGEST_TIMER_MS = 2_147_483_647;

/** The clock's part of the state file. */
export interface ClockState {
  offsetMs: number;
  due: Due<DueJob>[];
}

/**
 * The sandbox's time: real time plus an offset that can be moved, and the queue of what falls due in it. It runs
 * with real time; moving it forward first runs everything due until then, in order.
 */
@Injectable()
export class SandboxClock {
  readonly #logger = new Logger(SandboxClock.name);
  readonly #queue = new DueQueue<DueJob>();
  readonly #handlers = new Map<DueJob['kind'], Handler>();
  readonly #running = new Map<Due<DueJob>, Promise<void>>();
  #offsetMs = 0;
  #movingAt: number | undefined;
  #moves: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #started = false;

  constructor(private readonly changes: StateChanges) {}

  /** Epoch milliseconds. While the clock is being moved: the due time of the current job. */
  now(): number {
    return this.#movingAt ?? Date.now() + this.#offsetMs;
  }

  /** Registers the handler for jobs of a kind; `at` is the job's due time, however late it runs. */
  on<Kind extends DueJob['kind']>(
    kind: Kind,
    handler: (job: DueJobOf<Kind>, at: number) => void | Promise<void>,
  ): void {
    this.#handlers.set(kind, handler as Handler);
  }

  schedule(at: number, job: DueJob): void {
    this.#queue.add({ at, job });
    this.changes.changed();
    this.#arm();
  }

  /** Moves the clock, one move after the other; resolves with the new time once everything due has run. */
  moveTo(target: (now: number) => number): Promise<number> {
    const move = this.#moves.then(() => this.#move(target(this.now())));
    this.#moves = move.catch(() => undefined);
    return move;
  }

  /** Deletes all jobs and returns to real time. */
  reset(): Promise<void> {
    this.#queue.clear();
    const reset = this.#moves.then(() => this.#forget());
    this.#moves = reset;
    return reset;
  }

  start(state?: ClockState): void {
    if (state) {
      this.#offsetMs = state.offsetMs;
      for (const due of state.due) this.#queue.add(due);
    }
    this.#started = true;
    this.#arm();
  }

  stop(): void {
    this.#started = false;
    clearTimeout(this.#timer);
  }

  /** Running jobs count as still due, so that a killed process repeats them. */
  state(): ClockState {
    return { offsetMs: this.#offsetMs, due: [...this.#running.keys(), ...this.#queue.all()] };
  }

  async #move(target: number): Promise<number> {
    this.#movingAt = this.now();
    try {
      await this.#doAllUntil(target);
    } finally {
      this.#offsetMs = target - Date.now();
      this.#movingAt = undefined;
      this.changes.changed();
      this.#arm();
    }
    return target;
  }

  async #doAllUntil(target: number): Promise<void> {
    while (this.now() <= target) {
      const next = this.#queue.peek();
      const until = next && next.at <= target ? next.at : Infinity;
      const [oldest] = this.#running;
      // Deliveries run concurrently as long as none of them could cause something before the next job.
      if (oldest && oldest[0].at + FIRST_RETRY_MS <= until) {
        await oldest[1];
      } else if (until === Infinity) {
        return;
      } else {
        this.#movingAt = Math.max(this.now(), until);
        this.#beginNext();
      }
    }
  }

  #forget(): void {
    this.#queue.clear();
    this.#running.clear();
    this.#offsetMs = 0;
    this.#arm();
    this.changes.changed();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#queue.peek();
    if (!next || !this.#started || this.#movingAt !== undefined) return;
    const delay = Math.min(Math.max(next.at - this.now(), 0), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#runDue(), delay).unref();
  }

  #runDue(): void {
    if (this.#movingAt !== undefined) return;
    for (let next = this.#queue.peek(); next && next.at <= this.now(); next = this.#queue.peek()) {
      this.#beginNext();
    }
    this.#arm();
  }

  #beginNext(): void {
    const due = this.#queue.take();
    const handler = due && this.#handlers.get(due.job.kind);
    if (!handler) return;
    const outcome = handler(due.job, due.at);
    this.changes.changed();
    if (!outcome) return;
    const done = outcome
      .catch((error: unknown) => this.#logger.error(`${due.job.kind} failed: ${String(error)}`))
      .finally(() => {
        this.#running.delete(due);
        this.changes.changed();
      });
    this.#running.set(due, done);
  }
}
