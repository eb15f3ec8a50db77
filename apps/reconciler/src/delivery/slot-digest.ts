import { actionOf, DONE_CHANGES, type FailureChange, type FailureRow } from '../report/failures.report.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { StoredLines } from '../slot/slot-result.js';

/** Failures that a message names; the rest is counted. */
const NAMED = 20;

/** A number of links and their amounts by currency, in whole units as decimal strings. */
export interface Worth {
  count: number;
  amounts: Record<string, string>;
}

/** A failure to settle. No address: messages leave the company. */
interface NamedFailure {
  change: FailureChange;
  externalId: string;
  amount: string;
  currency: string;
  code: string;
  action: string;
}

/** What a message about a slot says besides its result. */
export interface SlotDigest {
  language: 'en' | 'id';
  /** Lines of the roll-forwards. */
  lines: StoredLines;
  /** Failures to settle by who must act, largest count first. */
  owners: ({ owner: string } & Worth)[];
  /** The first failures to settle, in the order of `failures.csv`. */
  first: NamedFailure[];
}

/** Collects the digest from the rows of `failures.csv` while these are written. */
export class SlotDigestCollector {
  private readonly owners = new Map<string, { count: number; amounts: Record<string, bigint> }>();
  private readonly first: NamedFailure[] = [];

  constructor(private readonly run: Pick<ReconciliationRun, 'language' | 'timezone'>) {}

  add(row: FailureRow): void {
    if (DONE_CHANGES.includes(row.change)) return;
    const { owner, text } = actionOf(row, this.run);
    const worth = this.owners.get(owner) ?? { count: 0, amounts: {} };
    worth.count += 1;
    worth.amounts[row.currency] = (worth.amounts[row.currency] ?? 0n) + BigInt(row.amount);
    this.owners.set(owner, worth);
    if (this.first.length === NAMED) return;
    const { change, externalId, amount, currency, failureCode, failedStatus } = row;
    this.first.push({
      change,
      externalId,
      amount,
      currency,
      code: failureCode ?? failedStatus,
      action: text,
    });
  }

  digest(lines: StoredLines): SlotDigest {
    const owners = [...this.owners]
      .map(([owner, { count, amounts }]) => ({
        owner,
        count,
        amounts: Object.fromEntries(
          Object.entries(amounts).map(([currency, sum]) => [currency, String(sum)]),
        ),
      }))
      .toSorted((one, other) => other.count - one.count || (one.owner < other.owner ? -1 : 1));
    return { language: this.run.language, lines, owners, first: this.first };
  }
}

/** A line of a slot's roll-forwards in all currencies. */
export function lineOf({ lines }: Pick<SlotDigest, 'lines'>, name: string): Worth {
  const found = Object.entries(lines).flatMap(([currency, byName]) => {
    const line = byName[name];
    return line ? [{ currency, ...line }] : [];
  });
  return {
    count: found.reduce((sum, { count }) => sum + count, 0),
    amounts: Object.fromEntries(found.map(({ currency, amount }) => [currency, amount])),
  };
}
