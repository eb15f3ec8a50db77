/** Median and extremes of what was measured. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** How product and baseline are compared; `value`: the product alone. */
export type Comparison = 'ratio' | 'difference' | 'value';

/** The target value. */
export type Target = { atLeast: number } | { atMost: number };

/** What is measured, with its unit and comparison. */
export interface Subject {
  measured: string;
  unit: string;
  by: Comparison;
  /** Left out: for information. */
  target?: Target;
}

/** A line of the table. */
export interface Line extends Subject {
  product: Spread;
  baseline: Spread | null;
  /** Of the comparisons per round: a disturbance affects both. */
  compared: Spread;
  /** Null where there is no target. */
  met: boolean | null;
}

/** Compares what was measured round by round. */
export function compare(
  subject: Subject,
  product: readonly number[],
  baseline: readonly number[] | null = null,
): Line {
  const compared = spreadOf(product.map((value, round) => compareOne(subject.by, value, baseline?.[round])));
  return {
    ...subject,
    product: spreadOf(product),
    baseline: baseline && spreadOf(baseline),
    compared,
    met: subject.target ? isMet(subject.target, compared.median) : null,
  };
}

/** @throws when there is nothing to take a median of */
function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) throw new Error('nothing was measured');
  return { median: quantile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)! };
}

/** Of sorted values, interpolated between two of them. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

function compareOne(by: Comparison, product: number, baseline: number | undefined): number {
  if (by === 'value') return product;
  return by === 'ratio' ? product / baseline! : product - baseline!;
}

function isMet(target: Target, value: number): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}
