import type { DataSource } from 'typeorm';

/** What the reads of a slot covered, as the reconciler stores and prints it. Counts of links, and external ids. */
export interface Coverage {
  /** Open links with a provider id, which the run had to poll. */
  open: number;
  /** Those with a response, including 404. */
  read: number;
  /** Those without a usable response. */
  unreachable: number;
  unreachableLinks: string[];
  /** How many of those for which reason. */
  reasons: Record<string, number>;
  /** Open links without a provider id. */
  unconfirmed: number;
  /** Paid and replaced links that were polled again. */
  watched: number;
  /** Share of the slot's changes that a poll saw first, of those seen by polls and webhooks; null without any. */
  firstSeenByPoll: number | null;
}

/** The last finished slot of an account, as `status`, metrics and pages show it. */
export interface LastSlot {
  account: string;
  /** `YYYY-MM-DD`. */
  date: string;
  finishedAt: Date;
  durationSeconds: number;
  coverage: Coverage;
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

/** Tables that were found: they stay. */
const found = new WeakMap<DataSource, Set<string>>();

/** Whether the reconciler has made a table: the demo may run before it. Costs a query until it is there. */
export async function hasTable(dataSource: DataSource, name: string): Promise<boolean> {
  const known = found.get(dataSource) ?? new Set();
  if (known.has(name)) return true;
  const [row] = await dataSource.query<{ exists: boolean }[]>(
    'SELECT to_regclass($1) IS NOT NULL AS exists',
    [name],
  );
  if (row!.exists) found.set(dataSource, known.add(name));
  return row!.exists;
}
