/** The state of a window after a request. */
export interface WindowState {
  passed: boolean;
  remaining: number;
  /** Until the oldest counted request leaves the window. */
  resetMs: number;
}

/** Allows at most `limit` requests in any `windowMs`; refused ones do not count. */
export class SlidingWindow {
  #passedAt: number[] = [];
  #oldest = 0;

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  take(now: number): WindowState {
    while (this.#oldest < this.#passedAt.length && this.#at(this.#oldest) <= now - this.windowMs) {
      this.#oldest += 1;
    }
    // Removed in batches: trimming the list at each request would cost the square of the limit.
    if (this.#oldest > this.limit) {
      this.#passedAt = this.#passedAt.slice(this.#oldest);
      this.#oldest = 0;
    }
    const passed = this.#passedAt.length - this.#oldest < this.limit;
    if (passed) this.#passedAt.push(now);
    return {
      passed,
      remaining: this.limit - (this.#passedAt.length - this.#oldest),
      resetMs: this.#at(this.#oldest) + this.windowMs - now,
    };
  }

  #at(index: number): number {
    return this.#passedAt[index] ?? 0;
  }
}
