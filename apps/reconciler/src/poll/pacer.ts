import { setTimeout as wait } from 'node:timers/promises';

/** Lets calls through at even distances, so that a sliding minute never holds more than the rate. */
export class Pacer {
  readonly #distanceMs: number;
  #next = 0;

  /** @param perMinute calls in a minute at most */
  constructor(perMinute: number) {
    this.#distanceMs = 60_000 / perMinute;
  }

  /** Resolves when the caller may go on; rejects when the signal aborts. */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#distanceMs;
    // A timer cannot wait for less than a millisecond, and wakes late rather than early.
    if (at - now >= 1) await wait(at - now, undefined, { signal });
    signal?.throwIfAborted();
  }
}
