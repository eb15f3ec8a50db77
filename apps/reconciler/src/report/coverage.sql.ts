import { OPEN } from './open-links.report.js';
import { INCLUDED, stateIn } from './slot-history.js';

/** What the polls of a slot covered, and its number of changes. $6 is the run's id. */
export const COVERAGE_SQL = `
  WITH ${INCLUDED}, ${stateIn(OPEN)}
  SELECT reads.*, changes.*,
    (SELECT count(*)::int FROM state WHERE provider_id IS NULL) AS unconfirmed
  FROM (
    SELECT count(*) FILTER (WHERE NOT watched)::int AS open,
      count(*) FILTER (WHERE NOT watched AND outcome IN ('READ', 'MISSING'))::int AS read,
      count(*) FILTER (WHERE watched AND outcome IN ('READ', 'MISSING'))::int AS watched,
      coalesce(json_agg(json_build_object('externalId', link.external_id, 'reason', coalesce(reason, 'not read'))
        ORDER BY reading.position) FILTER (WHERE NOT watched AND coalesce(outcome, 'UNREACHABLE') = 'UNREACHABLE'), '[]')
        AS unread
    FROM payout_link_reconciliation_read reading JOIN payout_link link ON link.id = reading.payout_link_id
    WHERE reading.run_id = $6 AND reading.position IS NOT NULL) AS reads,
  (
    SELECT count(*)::int AS transitions,
      count(*) FILTER (WHERE source = 'POLL')::int AS "byPoll",
      count(*) FILTER (WHERE source = 'WEBHOOK')::int AS "byWebhook"
    FROM included WHERE NOT before) AS changes`;

/** An open link without a usable response. */
export interface UnreadLink {
  externalId: string;
  /** `timeout`, `connection`, `http 500`, … */
  reason: string;
}

/** The row of `COVERAGE_SQL`. */
export interface CoverageRow {
  open: number;
  read: number;
  watched: number;
  unread: UnreadLink[];
  unconfirmed: number;
  transitions: number;
  byPoll: number;
  byWebhook: number;
}
