import { OPEN_STATUSES, type PayoutLinkStatus } from 'nestjs-payout-links';
import type { OpenTotals } from '../slot/slot-result.js';

/** The lines of the roll-forward, in order. */
export const LINES = [
  'opening',
  'created',
  'succeeded',
  'failed',
  'expired',
  'voided',
  'rejected',
  'reopened',
  'closing',
  'difference',
  'reversed',
] as const;
export type Line = (typeof LINES)[number];

/** Number and amount of a slot's changes of one kind. */
export interface Movement {
  currency: string;
  from: PayoutLinkStatus | null;
  to: PayoutLinkStatus;
  count: number;
  amount: bigint;
}

export interface Total {
  count: number;
  amount: bigint;
}

/** The lines of one currency. */
export type RollForward = Record<Line, Total>;

type Bucket = 'succeeded' | 'failed' | 'expired' | 'voided' | 'rejected';

/** The line of each final status. Reversed money counts as paid, then reopened. */
const BUCKETS: Partial<Record<PayoutLinkStatus, Bucket>> = {
  SUCCEEDED: 'succeeded',
  REVERSED: 'succeeded',
  FAILED: 'failed',
  EXPIRED: 'expired',
  VOIDED: 'voided',
  REJECTED: 'rejected',
};

/** The signs with which the lines add up to the closing. */
const SIGNS: Partial<Record<Line, 1 | -1>> = {
  opening: 1,
  created: 1,
  succeeded: -1,
  failed: -1,
  expired: -1,
  voided: -1,
  rejected: -1,
  reopened: 1,
};

/**
 * Rolls the open links of the previous slot's end forward to this one's, by currency. Three independent sources:
 * the stored closing of the previous slot, the slot's changes, and the rows that are open now; `difference` is
 * what remains and must be 0.
 */
export function rollForward(
  opening: OpenTotals,
  movements: readonly Movement[],
  closing: OpenTotals,
): Map<string, RollForward> {
  const byCurrency = new Map<string, RollForward>();
  const linesOf = (currency: string) => {
    const lines = byCurrency.get(currency) ?? emptyLines();
    byCurrency.set(currency, lines);
    return lines;
  };
  for (const [currency, total] of Object.entries(opening)) add(linesOf(currency).opening, asTotal(total));
  for (const [currency, total] of Object.entries(closing)) add(linesOf(currency).closing, asTotal(total));
  for (const movement of movements) {
    const lines = linesOf(movement.currency);
    for (const line of linesOfMovement(movement)) add(lines[line], movement);
  }
  for (const lines of byCurrency.values()) lines.difference = differenceOf(lines);
  return byCurrency;
}

/** The differences by currency, as text for an investigation; empty when the totals balance. */
export function differencesOf(byCurrency: ReadonlyMap<string, RollForward>): string[] {
  return [...byCurrency]
    .filter(([, { difference }]) => difference.count !== 0 || difference.amount !== 0n)
    .map(([currency, { closing, difference }]) => {
      const expected = {
        count: closing.count - difference.count,
        amount: closing.amount - difference.amount,
      };
      return (
        `${currency}: closing is ${closing.count} links and ${closing.amount}, opening and changes make` +
        ` ${expected.count} and ${expected.amount}: a difference of ${difference.count} and ${difference.amount}`
      );
    });
}

/** Every line is gross: leaving a final status counts as reopened, entering one in its line. */
function linesOfMovement({ from, to }: Movement): Line[] {
  const lines: Line[] = [];
  if (to === 'REVERSED' && from !== 'REVERSED') lines.push('reversed');
  if (from === null) lines.push('created');
  const left = from === null || OPEN_STATUSES.includes(from) ? undefined : BUCKETS[from];
  const entered = OPEN_STATUSES.includes(to) ? undefined : BUCKETS[to];
  if (left !== entered) {
    if (left) lines.push('reopened');
    if (entered) lines.push(entered);
  }
  return lines;
}

/** Closing minus opening and changes. */
export function differenceOf(lines: RollForward): Total {
  const expected = { count: 0, amount: 0n };
  for (const [line, sign] of Object.entries(SIGNS) as [Line, 1 | -1][]) {
    expected.count += sign * lines[line].count;
    expected.amount += BigInt(sign) * lines[line].amount;
  }
  return { count: lines.closing.count - expected.count, amount: lines.closing.amount - expected.amount };
}

/** All lines at zero. */
export function emptyLines(): RollForward {
  return Object.fromEntries(LINES.map((line) => [line, { count: 0, amount: 0n }])) as RollForward;
}

function asTotal({ count, amount }: OpenTotals[string]): Total {
  return { count, amount: BigInt(amount) };
}

function add(total: Total, { count, amount }: Total): void {
  total.count += count;
  total.amount += amount;
}
