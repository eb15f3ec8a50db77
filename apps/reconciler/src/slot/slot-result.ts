import type { Coverage } from 'app-runtime';
import type { BusinessDate } from './business-date.js';

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
