import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { INCLUDED, STATUS_OF_ALL } from '../slot-history.js';

/** Links and money by status at the slot's end. */
export const STATES_SQL = `
  SELECT status, currency, count(*)::int AS count, sum(amount)::text AS amount
  FROM (${STATUS_OF_ALL}) AS state GROUP BY 1, 2 ORDER BY 1, 2`;

export interface StateRow {
  status: PayoutLinkStatus;
  currency: string;
  count: number;
  amount: string;
}

/** How many of the slot's changes webhooks reported; lags in seconds from the event to its recording. */
export const WEBHOOK_HEALTH_SQL = `
  WITH ${INCLUDED}
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
