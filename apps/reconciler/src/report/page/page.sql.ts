import { FAILED_STATUSES, type PayoutLinkStatus } from 'nestjs-payout-links';
import { SLOT_HISTORY } from '../slot-history.js';
import { sqlList } from '../sql-list.js';

/** Links and money by status at the slot's end. */
export const STATES_SQL = `
  WITH ${SLOT_HISTORY}
  SELECT state.to_status AS status, link.currency, count(*)::int AS count, sum(link.amount)::text AS amount
  FROM state JOIN payout_link link ON link.id = state.payout_link_id
  GROUP BY 1, 2 ORDER BY 1, 2`;

export interface StateRow {
  status: PayoutLinkStatus;
  currency: string;
  count: number;
  amount: string;
}

/** Days of the trend, including the slot's own. */
const TREND_DAYS = 14;

/**
 * What was created, paid and failed on each of the last days. $6 is the time zone, $7 the business date. Days are
 * counted with integers: an interval would use the session's time zone, and skip a day where clocks change at
 * midnight.
 */
export const TREND_SQL = `
  WITH ${SLOT_HISTORY},
  day AS (
    SELECT $7::date - ago AS date FROM generate_series(0, ${TREND_DAYS - 1}) AS ago),
  change AS (
    SELECT (effective_at AT TIME ZONE $6)::date AS date, from_status, to_status FROM included
    WHERE from_status IS DISTINCT FROM to_status
      AND effective_at >= ($7::date - ${TREND_DAYS - 1})::timestamp AT TIME ZONE $6)
  SELECT day.date::text, count(change.*) FILTER (WHERE from_status IS NULL)::int AS created,
    count(*) FILTER (WHERE to_status = 'SUCCEEDED')::int AS succeeded,
    count(*) FILTER (WHERE to_status IN (${sqlList(FAILED_STATUSES)}))::int AS failed
  FROM day LEFT JOIN change USING (date)
  GROUP BY 1 ORDER BY 1`;

export interface TrendRow {
  date: string;
  created: number;
  succeeded: number;
  failed: number;
}

/** How many of the slot's changes webhooks reported; lags in seconds from the event to its recording. */
export const WEBHOOK_HEALTH_SQL = `
  WITH ${SLOT_HISTORY}
  SELECT changes.*, (
      SELECT count(*)::int FROM payout_link_discrepancy
      WHERE account = $1 AND type = 'UNMATCHED_WEBHOOK' AND first_seen_at > $5 AND first_seen_at <= $3) AS unmatched
  FROM (
    SELECT count(*) FILTER (WHERE source = 'WEBHOOK')::int AS "byWebhook",
      count(*) FILTER (WHERE source = 'POLL')::int AS "byPoll",
      percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
        ORDER BY greatest(extract(epoch FROM recorded_at - occurred_at), 0)::float8)
        FILTER (WHERE source = 'WEBHOOK' AND occurred_at IS NOT NULL) AS lags
    FROM included WHERE NOT before AND from_status IS DISTINCT FROM to_status) AS changes`;

export interface WebhookHealthRow {
  byWebhook: number;
  byPoll: number;
  /** Median and 95th percentile; null without a change from a webhook that has the provider's time. */
  lags: [number, number] | null;
  unmatched: number;
}
