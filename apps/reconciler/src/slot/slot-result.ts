import type { BusinessDate } from './business-date.js';

/** What the polls of a slot covered. Counts of links, and external ids. */
export interface Coverage {
  /** Open links with a provider id, which the run had to poll. */
  open: number;
  /** Those with a response, including 404. */
  read: number;
  /** Those without a usable response. */
  unreachable: number;
  unreachableLinks: string[];
  /** How many of those for which reason. */
  reasons: Record<string, number>;
  /** Open links without a provider id. */
  unconfirmed: number;
  /** Paid and replaced links that were polled again. */
  watched: number;
  /** Share of the slot's changes that a poll saw first, of those seen by polls and webhooks; null without any. */
  firstSeenByPoll: number | null;
}

/** The result of one slot, as `--json` prints it. */
export interface SlotResult {
  account: string;
  date: BusinessDate;
  /** Not sealed: it is run again. */
  provisional: boolean;
  /** Some open links had no usable response. */
  incomplete: boolean;
  /** ISO 8601. */
  asOf: string;
  /** The folder of the report set. */
  reportSet: string;
  coverage: Coverage;
  /** Changes of state in the slot. */
  transitions: number;
  /** Rows of `failures.csv`. */
  failures: number;
  /** Rows of `discrepancies.csv`. */
  discrepancies: number;
  /** Opening and changes add up to closing. */
  footed: boolean;
}

/** The lines of a slot's roll-forwards by currency; amounts in whole units as decimal strings. */
export type StoredLines = Record<string, Partial<Record<string, { count: number; amount: string }>>>;

/** Why links had no usable response, by kind and count: `timeout 3, http 500 1`. */
export function describeReasons({ reasons }: Coverage): string {
  return Object.entries(reasons)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}
