import type { Total } from './roll-forward.js';

/** Count and amount of rows, by currency. */
export class Sums {
  readonly byCurrency = new Map<string, Total>();

  add({ currency, amount }: { currency: string; amount: string }): void {
    const before = this.byCurrency.get(currency) ?? { count: 0, amount: 0n };
    this.byCurrency.set(currency, { count: before.count + 1, amount: before.amount + BigInt(amount) });
  }
}
