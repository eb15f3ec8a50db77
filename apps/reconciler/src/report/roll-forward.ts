import { OPEN_STATUSES, type PayoutLinkStatus } from 'nestjs-payout-links';
import type { StoredLines } from '../slot/slot-result.js';
import { linesOfFailure, type FailureLine } from './failure-lines.js';
import type { FailureEventRow } from './failure-lines.sql.js';
import type { Batches } from './rows.js';

/** The lines of the roll-forwards, in order: of open links, for information, of failures to settle. */
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
  'failures_opening',
  'failures_new',
  'failures_reopened',
  'failures_replaced',
  'failures_settled',
  'failures_written_off',
  'failures_closing',
  'failures_difference',
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

const NOTHING: Total = { count: 0, amount: 0n };

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

/** A roll-forward: the signs with which its lines add up to its closing. */
interface Balance {
  closing: Line;
  difference: Line;
  signs: Partial<Record<Line, 1 | -1>>;
}

const OPEN_LINKS: Balance = {
  closing: 'closing',
  difference: 'difference',
  signs: {
    opening: 1,
    created: 1,
    succeeded: -1,
    failed: -1,
    expired: -1,
    voided: -1,
    rejected: -1,
    reopened: 1,
  },
};
const FAILURES: Balance = {
  closing: 'failures_closing',
  difference: 'failures_difference',
  signs: {
    failures_opening: 1,
    failures_new: 1,
    failures_reopened: 1,
    failures_replaced: -1,
    failures_settled: -1,
    failures_written_off: -1,
  },
};
const BALANCES = [OPEN_LINKS, FAILURES];

/** Where the totals of a slot come from. */
export interface RollForwardSources {
  /** The lines stored with the previous slot; null for the first one. */
  previous: StoredLines | null;
  movements: readonly Movement[];
  /** What happened to failures, by currency. */
  failures: ReadonlyMap<string, ReadonlyMap<FailureLine, Total>>;
  /** Summed from the rows of `open-links.csv` and of `failures.csv`, by currency. */
  closing: Totals;
  failuresClosing: Totals;
  /** Failures to settle at the previous slot's end, for a previous slot that an older version of the program finished. */
  failuresBefore: Totals;
}

/** Totals by currency. */
type Totals = ReadonlyMap<string, Total>;

/**
 * Rolls the open links and the failures to settle of the previous slot's end forward to this one's, by currency.
 * Three independent sources: the stored closing of the previous slot, what happened in the slot, and the rows that
 * are there now; the differences are what remains and must be 0.
 */
export function rollForward(from: RollForwardSources): Map<string, RollForward> {
  const byCurrency = new Map<string, RollForward>();
  const add = (currency: string, line: Line, { count, amount }: Total) => {
    const lines = byCurrency.get(currency) ?? emptyLines();
    byCurrency.set(currency, lines);
    lines[line] = { count: lines[line].count + count, amount: lines[line].amount + amount };
  };
  for (const [currency, lines] of Object.entries(from.previous ?? {})) {
    add(currency, 'opening', lines.closing ? asTotal(lines.closing) : NOTHING);
    if (lines.failures_closing) add(currency, 'failures_opening', asTotal(lines.failures_closing));
    else add(currency, 'failures_opening', from.failuresBefore.get(currency) ?? NOTHING);
  }
  for (const movement of from.movements)
    for (const line of linesOfMovement(movement)) add(movement.currency, line, movement);
  for (const [currency, totals] of from.failures)
    for (const [line, total] of totals) add(currency, line, total);
  for (const [currency, total] of from.closing) add(currency, 'closing', total);
  for (const [currency, total] of from.failuresClosing) add(currency, 'failures_closing', total);
  for (const lines of byCurrency.values())
    for (const balance of BALANCES) lines[balance.difference] = differenceOf(lines, balance);
  return byCurrency;
}

/** Adds up what happened to failures, link by link, by currency and line. */
export async function totalFailures(
  events: Batches<FailureEventRow>,
): Promise<Map<string, Map<FailureLine, Total>>> {
  const byCurrency = new Map<string, Map<FailureLine, Total>>();
  let ofLink: FailureEventRow[] = [];
  const addLink = () => {
    for (const line of linesOfFailure(ofLink)) {
      const { currency, amount } = ofLink[0]!;
      const totals = byCurrency.get(currency) ?? new Map<FailureLine, Total>();
      const total = totals.get(line) ?? NOTHING;
      totals.set(line, { count: total.count + 1, amount: total.amount + BigInt(amount) });
      byCurrency.set(currency, totals);
    }
  };
  for await (const batch of events) {
    for (const event of batch) {
      if (ofLink.length > 0 && ofLink[0]!.linkId !== event.linkId) {
        addLink();
        ofLink = [];
      }
      ofLink.push(event);
    }
  }
  addLink();
  return byCurrency;
}

/** The differences by currency, as text for an investigation; empty when the totals balance. */
export function differencesOf(byCurrency: ReadonlyMap<string, RollForward>): string[] {
  return [...byCurrency].flatMap(([currency, lines]) =>
    BALANCES.flatMap((balance) => {
      const [closing, difference] = [lines[balance.closing], differenceOf(lines, balance)];
      if (difference.count === 0 && difference.amount === 0n) return [];
      const expected = {
        count: closing.count - difference.count,
        amount: closing.amount - difference.amount,
      };
      return (
        `${currency}: ${balance.closing} is ${closing.count} links and ${closing.amount}, opening and changes make` +
        ` ${expected.count} and ${expected.amount}: a difference of ${difference.count} and ${difference.amount}`
      );
    }),
  );
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
function differenceOf(lines: RollForward, { closing, signs }: Balance): Total {
  const expected = { count: 0, amount: 0n };
  for (const [line, sign] of Object.entries(signs) as [Line, 1 | -1][]) {
    expected.count += sign * lines[line].count;
    expected.amount += BigInt(sign) * lines[line].amount;
  }
  return { count: lines[closing].count - expected.count, amount: lines[closing].amount - expected.amount };
}

/** All lines at zero. */
export function emptyLines(): RollForward {
  return Object.fromEntries(LINES.map((line) => [line, { count: 0, amount: 0n }])) as RollForward;
}

/** The lines as they are stored with their slot. */
export function storedLines(byCurrency: ReadonlyMap<string, RollForward>): StoredLines {
  return Object.fromEntries(
    [...byCurrency].map(([currency, lines]) => [
      currency,
      Object.fromEntries(
        LINES.map((line) => [line, { count: lines[line].count, amount: lines[line].amount.toString() }]),
      ) as StoredLines[string],
    ]),
  );
}

function asTotal({ count, amount }: NonNullable<StoredLines[string][string]>): Total {
  return { count, amount: BigInt(amount) };
}
