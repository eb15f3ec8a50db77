import { OPEN_STATUSES } from '../rules/payout-link.status.js';

/** One value of a gauge. */
export interface GaugeRow {
  gauge: string;
  account: string;
  label: string | null;
  value: number;
}

const AGE = (since: string) => `extract(epoch FROM clock_timestamp() - min(${since}))::float8`;

/** What waits, by indexes of what waits. Locks nothing. */
export const GAUGES_SQL = `
  WITH inbox AS (
    SELECT account, count(*)::float8 AS waiting, ${AGE('received_at')} AS oldest
    FROM payout_link_delivery WHERE status = 'RECEIVED' GROUP BY account),
  links AS (
    SELECT account, status, count(*)::float8 AS links, ${AGE('created_at')} AS oldest
    FROM payout_link WHERE status IN (${OPEN_STATUSES.map((status) => `'${status}'`).join(', ')})
    GROUP BY account, status),
  outbox AS (
    SELECT link.account, task.status, count(*)::float8 AS tasks, ${AGE('task.created_at')} AS oldest
    FROM payout_link_outbox task JOIN payout_link link ON link.id = task.payout_link_id
    GROUP BY link.account, task.status)
  SELECT 'inbox_waiting' AS gauge, account, NULL AS label, waiting AS value FROM inbox
  UNION ALL SELECT 'inbox_oldest_seconds', account, NULL, oldest FROM inbox
  UNION ALL SELECT 'dead_letters', account, 'inbox', count(*)::float8 FROM payout_link_delivery
    WHERE status = 'DEAD' GROUP BY account
  UNION ALL SELECT 'dead_letters', account, 'outbox', tasks FROM outbox WHERE status = 'DEAD'
  UNION ALL SELECT 'outbox_oldest_seconds', account, NULL, oldest FROM outbox WHERE status = 'WAITING'
  UNION ALL SELECT 'links', account, status, links FROM links
  UNION ALL SELECT 'unconfirmed_oldest_seconds', account, NULL, oldest FROM links WHERE status = 'UNCONFIRMED'`;
