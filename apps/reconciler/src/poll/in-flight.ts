/** Limits how many polls are in flight or not recorded yet; the others wait in order. */
export class InFlight {
  private readonly waiting: (() => void)[] = [];
  private count = 0;

  constructor(private readonly limit: number) {}

  async enter(): Promise<void> {
    if (this.count < this.limit) this.count += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Passes the place to the next one. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.count -= 1;
  }
}
