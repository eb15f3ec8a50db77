import { wholeDays } from '../../slot/business-date.js';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { DiscrepancyRow } from '../discrepancies.report.js';
import { actionOf, changeOf, type FailureRow } from '../failures.report.js';
import type { OpenLinkRow } from '../open-links.report.js';
import { Tallies } from './tally.js';

/** Ages of what is open, in whole days; a link lives for three. */
export const AGES = ['0', '1', '2', '3', '4–7', '8–30', '> 30'] as const;
export type Age = (typeof AGES)[number];

/** What the page says of the rows that the other files hold, added up while they are written. */
export class PageTallies {
  readonly openByAge = new Tallies<Age>();
  readonly failuresByAge = new Tallies<Age>();
  readonly failuresByCode = new Tallies();
  readonly failuresByOwner = new Tallies();
  readonly failuresByChange = new Tallies();
  readonly discrepanciesByType = new Tallies();

  constructor(private readonly run: ReconciliationRun) {}

  readonly openLink = (row: OpenLinkRow): void => {
    this.openByAge.add(this.ageOf(row.createdAt), money(row));
  };

  readonly failure = (row: FailureRow): void => {
    const worth = money(row);
    this.failuresByChange.add(changeOf(row), worth);
    // One that was replaced is counted where its successor stands.
    if (!row.failing || row.replacedBy !== null) return;
    this.failuresByAge.add(this.ageOf(row.createdAt), worth);
    this.failuresByCode.add(row.failureCode ?? row.failedStatus, worth);
    const { owner } = actionOf(row, this.run.language);
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
