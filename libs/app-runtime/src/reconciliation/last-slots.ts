import type { DataSource } from 'typeorm';

/** The last finished slot of an account, as `status`, metrics and pages show it. */
export interface LastSlot {
  account: string;
  /** `YYYY-MM-DD`. */
  date: string;
  finishedAt: Date;
  durationSeconds: number;
  /** What its reads covered, as `run --json` prints it. */
  coverage: { open: number; read: number; unreachable: number };
  balanced: boolean;
  /** Failures to settle at its end. */
  failures: number;
}

/** One index step per account. */
const LAST_SLOTS = `
  SELECT account.name AS account, slot.* FROM unnest($1::text[]) AS account (name) CROSS JOIN LATERAL (
    SELECT business_date::text AS date, finished_at AS "finishedAt",
      extract(epoch FROM finished_at - started_at)::float8 AS "durationSeconds",
      result->'coverage' AS coverage,
      (result->>'footed')::boolean AS balanced,
      (SELECT coalesce(sum((lines->'failures_closing'->>'count')::int), 0)::int
        FROM json_each(roll_forward) AS of_currency (currency, lines)) AS failures
    FROM payout_link_reconciliation_run run
    WHERE run.account = account.name AND status = 'FINISHED' AND sealed
    ORDER BY business_date DESC LIMIT 1) AS slot`;

/** The accounts that have a finished slot; none in a database that no reconciler has used. */
export async function readLastSlots(
  dataSource: DataSource,
  accounts: readonly string[],
): Promise<LastSlot[]> {
  if (!(await hasTable(dataSource, 'payout_link_reconciliation_run'))) return [];
  return dataSource.query<LastSlot[]>(LAST_SLOTS, [accounts]);
}

/** Whether the reconciler has made a table: the demo may run before it. */
export async function hasTable(dataSource: DataSource, name: string): Promise<boolean> {
  const [row] = await dataSource.query<{ found: boolean }[]>('SELECT to_regclass($1) IS NOT NULL AS found', [
    name,
  ]);
  return row!.found;
}
