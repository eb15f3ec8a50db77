import { OPEN_STATUSES, type PayoutLinkStatus } from 'nestjs-payout-links';
import { sqlList } from './sql-list.js';
import { wholeDays } from '../slot/business-date.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Columns } from './csv.js';
import { LocalTime } from './local-time.js';
import { stateIn } from './slot-history.js';

/** An open link as queried. Amounts are decimal strings. */
export interface OpenLinkRow {
  externalId: string;
  providerId: string | null;
  email: string;
  redactedAt: Date | null;
  amount: string;
  currency: string;
  status: PayoutLinkStatus;
  createdAt: Date;
  expiresAt: Date | null;
  lastReadAt: Date | null;
}

/** The open statuses as a list for SQL. */
export const OPEN = sqlList(OPEN_STATUSES);

/** Every open link at the slot's end, oldest first. $4 is the run's id. */
export const OPEN_LINKS_SQL = `
  WITH ${stateIn(OPEN)}
  SELECT link.external_id AS "externalId", state.provider_id AS "providerId", link.email, link.redacted_at AS "redactedAt", link.amount, link.currency,
    state.to_status AS status, coalesce(state.provider_created_at, link.created_at) AS "createdAt",
    state.expires_at AS "expiresAt", reading.last_read_at AS "lastReadAt"
  FROM state
  JOIN payout_link link ON link.id = state.payout_link_id
  LEFT JOIN payout_link_reconciliation_read reading ON reading.run_id = $4 AND reading.payout_link_id = link.id
  ORDER BY coalesce(state.provider_created_at, link.created_at), link.external_id COLLATE "C"`;

/**
 * Stores when each link that was open at the slot's end was last read, unless closing the slot stored it: for
 * links that changed between the slot's end and its as-of. The report can then be repeated. $4 is the run's id.
 */
export const KEEP_LAST_READS_SQL = `
  WITH ${stateIn(OPEN)}
  INSERT INTO payout_link_reconciliation_read AS held (run_id, payout_link_id, watched, attempts, last_read_at)
  SELECT $4, link.id, false, 0, link.last_read_at FROM state JOIN payout_link link ON link.id = state.payout_link_id
  ON CONFLICT (run_id, payout_link_id) DO UPDATE SET last_read_at = excluded.last_read_at
  WHERE held.last_read_at IS NULL`;

/** The columns of `open-links.csv`. */
export function openLinkColumns(run: ReconciliationRun): Columns<OpenLinkRow> {
  const time = (at: Date | null) => LocalTime.of(at, run.timezone);
  return [
    ['external_id', (row) => row.externalId],
    ['provider_id', (row) => row.providerId],
    ['account', () => run.account],
    ['recipient_email', (row) => row.email],
    ['amount', (row) => BigInt(row.amount)],
    ['currency', (row) => row.currency],
    ['status', (row) => row.status],
    ['created_at', (row) => time(row.createdAt)],
    ['expires_at', (row) => time(row.expiresAt)],
    ['last_read_at', (row) => time(row.lastReadAt)],
    ['days_open', (row) => wholeDays(row.createdAt, run.slotEnd, run.timezone)],
    ['timezone', () => run.timezone],
  ];
}
