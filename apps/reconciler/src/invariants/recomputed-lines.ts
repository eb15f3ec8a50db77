import { DONE_CHANGES, FAILURES_SQL, type FailureRow } from '../report/failures.report.js';
import { FAILURE_EVENTS_SQL, type FailureEventRow } from '../report/failure-lines.sql.js';
import type { ReportRepository } from '../report/report.repository.js';
import { MOVEMENTS_SQL } from '../report/roll-forward.report.js';
import {
  rollForward,
  storedLines,
  totalFailures,
  type Movement,
  type Total,
} from '../report/roll-forward.js';
import { atSlotEnd, slotParameters, STATUS_OF_ALL } from '../report/slot-history.js';
import { OPEN } from '../report/open-links.report.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { StoredLines } from '../slot/slot-result.js';

const CLOSING_SQL = `
  SELECT currency, count(*)::int AS count, sum(amount)::text AS amount FROM (${STATUS_OF_ALL}) AS link
  WHERE status IN (${OPEN}) GROUP BY currency`;

type TotalRow = { currency: string; count: number; amount: string };

/** The roll-forwards of a slot from the history as it is now, without writing its report set. */
export async function recomputedLines(
  queries: ReportRepository,
  run: ReconciliationRun,
  previous: ReconciliationRun | null,
): Promise<StoredLines> {
  const slot = slotParameters(run, previous);
  const movements = await queries.all<Omit<Movement, 'amount'> & { amount: string }>(MOVEMENTS_SQL, slot);
  const closing = await queries.all<TotalRow>(CLOSING_SQL, atSlotEnd(run));
  const [failuresClosing, failuresBefore] = [new Map<string, Total>(), new Map<string, Total>()];
  for await (const rows of queries.stream<FailureRow>(FAILURES_SQL, slot)) {
    for (const row of rows) {
      if (row.failingBefore) add(failuresBefore, row);
      if (!DONE_CHANGES.includes(row.change)) add(failuresClosing, row);
    }
  }
  return storedLines(
    rollForward({
      previous: previous?.rollForward ?? null,
      movements: movements.map((row) => ({ ...row, amount: BigInt(row.amount) })),
      failures: await totalFailures(queries.stream<FailureEventRow>(FAILURE_EVENTS_SQL, slot)),
      closing: new Map(
        closing.map(({ currency, count, amount }) => [currency, { count, amount: BigInt(amount) }]),
      ),
      failuresClosing,
      failuresBefore,
    }),
  );
}

function add(totals: Map<string, Total>, { currency, amount }: { currency: string; amount: string }): void {
  const before = totals.get(currency) ?? { count: 0, amount: 0n };
  totals.set(currency, { count: before.count + 1, amount: before.amount + BigInt(amount) });
}
