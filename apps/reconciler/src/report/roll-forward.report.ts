import type { Columns } from './csv.js';
import type { ReportRepository } from './report.repository.js';
import { LINES, type Line, type Movement, type RollForward } from './roll-forward.js';
import { INCLUDED } from './slot-history.js';

const MOVEMENTS_SQL = `
  WITH ${INCLUDED}
  SELECT link.currency, change.from_status AS "from", change.to_status AS "to", count(*)::int AS count,
    sum(link.amount)::text AS amount
  FROM included change JOIN payout_link link ON link.id = change.payout_link_id
  WHERE NOT change.before AND change.from_status IS DISTINCT FROM change.to_status
  GROUP BY 1, 2, 3`;

/** The slot's changes of state, counted by currency and kind. @param slot the parameters of `INCLUDED` */
export async function movementsOf(queries: ReportRepository, slot: unknown[]): Promise<Movement[]> {
  const rows = await queries.all<Omit<Movement, 'amount'> & { amount: string }>(MOVEMENTS_SQL, slot);
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
}

/** One line of one currency. */
export interface RollForwardRow {
  account: string;
  currency: string;
  line: Line;
  count: number;
  amount: bigint;
}

/** The columns of `roll-forward.csv`. */
export const ROLL_FORWARD_COLUMNS: Columns<RollForwardRow> = [
  ['account', (row) => row.account],
  ['currency', (row) => row.currency],
  ['line', (row) => row.line],
  ['count', (row) => row.count],
  ['amount', (row) => row.amount],
];

/** All lines by currency; IDR is always included. */
export function rollForwardRows(
  account: string,
  byCurrency: ReadonlyMap<string, RollForward>,
): RollForwardRow[] {
  const currencies = byCurrency.size === 0 ? ['IDR'] : [...byCurrency.keys()].toSorted();
  return currencies.flatMap((currency) =>
    LINES.map((line) => ({
      account,
      currency,
      line,
      ...(byCurrency.get(currency)?.[line] ?? { count: 0, amount: 0n }),
    })),
  );
}
