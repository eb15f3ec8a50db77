/** A count, and the money by currency in whole units. */
export interface Tally {
  count: number;
  amounts: Record<string, bigint>;
}

/** Sums rows by a key, in the order in which keys first appear; stores the sums, not the rows. */
export class Tallies<Key extends string = string> {
  readonly byKey = new Map<Key, Tally>();

  add(key: Key, { currency, amount, count = 1 }: { currency: string; amount: bigint; count?: number }): void {
    const tally = this.byKey.get(key) ?? { count: 0, amounts: {} };
    tally.count += count;
    tally.amounts[currency] = (tally.amounts[currency] ?? 0n) + amount;
    this.byKey.set(key, tally);
  }

  get(key: Key): Tally {
    return this.byKey.get(key) ?? { count: 0, amounts: {} };
  }

  /** The keys and sums, largest count first, then by name. */
  largestFirst(): [Key, Tally][] {
    return [...this.byKey].toSorted(([a, one], [b, two]) => two.count - one.count || (a < b ? -1 : 1));
  }
}

/** Sums of a whole table. */
export function totalOf(tallies: Iterable<Tally>): Tally {
  const total: Tally = { count: 0, amounts: {} };
  for (const { count, amounts } of tallies) {
    total.count += count;
    for (const [currency, amount] of Object.entries(amounts)) {
      total.amounts[currency] = (total.amounts[currency] ?? 0n) + amount;
    }
  }
  return total;
}
