import type { BusinessDate } from './business-date.js';

/** What the reads of a slot covered. Counts of links, and external ids. */
export interface Coverage {
  /** Open links with a provider id, which the run had to read. */
  open: number;
  /** Those that got an answer, a 404 among them. */
  read: number;
  /** Those without a usable answer. */
  unreachable: number;
  unreachableLinks: string[];
  /** Open links that the provider has given no id for. */
  unconfirmed: number;
  /** Paid links that were looked at again for a reversal. */
  watched: number;
  /** Share of the slot's changes that a poll saw first, of those that polls and webhooks saw; null without any. */
  firstSeenByPoll: number | null;
}

/** What one slot came to, as `--json` prints it. */
export interface SlotResult {
  account: string;
  date: BusinessDate;
  provisional: boolean;
  /** ISO 8601. */
  asOf: string;
  /** The folder of the report set. */
  reportSet: string;
  coverage: Coverage;
  /** Changes of state that belong to the slot. */
  transitions: number;
  /** Rows of `failures.csv`. */
  failures: number;
  /** Findings of the slot. */
  discrepancies: number;
  /** Opening and changes add up to closing. */
  footed: boolean;
}

/** Count and amount of open links by currency; amounts in whole units as decimal strings. */
export type OpenTotals = Record<string, { count: number; amount: string }>;
