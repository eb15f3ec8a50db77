import { wholeDays } from '../../slot/business-date.js';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { DiscrepancyRow } from '../discrepancies.report.js';
import { actionOf, DONE_CHANGES, type FailureRow } from '../failures.report.js';
import type { OpenLinkRow } from '../open-links.report.js';
import { Tallies } from './tally.js';

/** Ages of open links in whole days; a link lives for three. */
export const AGES = ['0', '1', '2', '3', '4–7', '8–30', '> 30'] as const;
export type Age = (typeof AGES)[number];

/** A failure code with its meaning and advice, as one key. */
export type FailureKind = string & { readonly kind: unique symbol };

function failureKind(code: string, meaning: string, advice: string): FailureKind {
  return JSON.stringify([code, meaning, advice]) as FailureKind;
}

/** The parts of a key of `failuresByCode`. */
export function ofFailureKind(kind: FailureKind): { code: string; meaning: string; advice: string } {
  const [code, meaning, advice] = JSON.parse(kind) as [string, string, string];
  return { code, meaning, advice };
}

/** Sums for the page over the rows of the other files, added up while these are written. */
export class PageTallies {
  readonly openByAge = new Tallies<Age>();
  readonly failuresByAge = new Tallies<Age>();
  /** By code, meaning and advice: the same code may have another meaning at create. */
  readonly failuresByCode = new Tallies<FailureKind>();
  readonly failuresByOwner = new Tallies();
  /** Failures to settle that failed for lack of balance, and all that may be sent again. */
  readonly retries = new Tallies<'lackOfBalance' | 'retriable'>();
  readonly discrepanciesByType = new Tallies();

  constructor(private readonly run: ReconciliationRun) {}

  readonly openLink = (row: OpenLinkRow): void => {
    this.openByAge.add(this.ageOf(row.createdAt), money(row));
  };

  readonly failure = (row: FailureRow): void => {
    if (DONE_CHANGES.includes(row.change)) return;
    const worth = money(row);
    this.failuresByAge.add(this.ageOf(row.createdAt), worth);
    const { owner, retry, meaning, text, generalText } = actionOf(row, this.run);
    if (row.failureCode === 'INSUFFICIENT_BALANCE') this.retries.add('lackOfBalance', worth);
    if (retry === 'RETRY' || retry === 'RETRY_LATER') this.retries.add('retriable', worth);
    this.failuresByCode.add(
      failureKind(row.failureCode ?? row.failedStatus, meaning, generalText ?? text),
      worth,
    );
    this.failuresByOwner.add(owner, worth);
  };

  readonly discrepancy = ({ type, amount, currency }: DiscrepancyRow): void => {
    this.discrepanciesByType.add(type, { currency: currency ?? 'IDR', amount: BigInt(amount ?? 0) });
  };

  private ageOf(createdAt: Date): Age {
    const days = wholeDays(createdAt, this.run.slotEnd, this.run.timezone);
    if (days > 30) return '> 30';
    if (days > 7) return '8–30';
    return days > 3 ? '4–7' : (String(days) as Age);
  }
}

function money({ currency, amount }: { currency: string; amount: string }) {
  return { currency, amount: BigInt(amount) };
}
