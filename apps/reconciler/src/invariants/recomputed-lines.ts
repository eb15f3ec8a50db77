import { DONE_CHANGES, FAILURES_SQL, type FailureRow } from '../report/failures.report.js';
import { FAILURE_EVENTS_SQL, type FailureEventRow } from '../report/failure-lines.sql.js';
import type { ReportRepository } from '../report/report.repository.js';
import { movementsOf } from '../report/roll-forward.report.js';
import { rollForward, storedLines, totalFailures } from '../report/roll-forward.js';
import { Sums } from '../report/sums.js';
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
  const closing = await queries.all<TotalRow>(CLOSING_SQL, atSlotEnd(run));
  const [failuresClosing, failuresBefore] = [new Sums(), new Sums()];
  for await (const rows of queries.stream<FailureRow>(FAILURES_SQL, slot)) {
    for (const row of rows) {
      if (row.failingBefore) failuresBefore.add(row);
      if (!DONE_CHANGES.includes(row.change)) failuresClosing.add(row);
    }
  }
  return storedLines(
    rollForward({
      previous: previous?.rollForward ?? null,
      movements: await movementsOf(queries, slot),
      failures: await totalFailures(queries.stream<FailureEventRow>(FAILURE_EVENTS_SQL, slot)),
      closing: new Map(
        closing.map(({ currency, count, amount }) => [currency, { count, amount: BigInt(amount) }]),
      ),
      failuresClosing: failuresClosing.byCurrency,
      failuresBefore: failuresBefore.byCurrency,
    }),
  );
}
