/** A computation that takes less is repeated for every view. Milliseconds. */
const CHEAP_MS = 25;
/** How long another one is kept, as a multiple of the time it took. */
const KEPT_TIMES = 20;

/**
 * A value that takes longer to compute the more rows there are, such as totals over a whole table. Views share it, so
 * that a twentieth of the time at most goes into it. A failure is not kept.
 */
export class CostlyValue<T> {
  private latest: Promise<T> | undefined;
  private keptUntil = Infinity;

  constructor(
    private readonly compute: () => Promise<T>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  get(): Promise<T> {
    if (!this.latest || this.clock() >= this.keptUntil) this.latest = this.computed();
    return this.latest;
  }

  private async computed(): Promise<T> {
    const begunAt = this.clock();
    this.keptUntil = Infinity;
    try {
      const value = await this.compute();
      const endedAt = this.clock();
      const took = endedAt - begunAt;
      this.keptUntil = took < CHEAP_MS ? endedAt : endedAt + KEPT_TIMES * took;
      return value;
    } catch (error) {
      this.latest = undefined;
      throw error;
    }
  }
}
