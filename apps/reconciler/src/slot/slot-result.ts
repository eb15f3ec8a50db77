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
  /** Open links without a provider id. */
  unconfirmed: number;
  /** Paid links that were polled again for a reversal. */
  watched: number;
  /** Share of the slot's changes that a poll saw first, of those seen by polls and webhooks; null without any. */
  firstSeenByPoll: number | null;
}

/** The result of one slot, as `--json` prints it. */
export interface SlotResult {
  account: string;
  date: BusinessDate;
  provisional: boolean;
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

/** Count and amount of open links by currency; amounts in whole units as decimal strings. */
export type OpenTotals = Record<string, { count: number; amount: string }>;
