import { FAILING } from './failures.report.js';
import { BEFORE, IN_SLOT, NOT_HISTORY, WRITTEN_OFF_BEFORE, WRITTEN_OFF_IN_SLOT } from './slot-history.js';
import type { FailureEvent } from './failure-lines.js';

/**
 * Everything that put links on the list of failures or took them off, for the links with such an event in the slot:
 * link by link, events of earlier slots first, then by time. Parameters as for `INCLUDED`.
 */
export const FAILURE_EVENTS_SQL = `
  WITH failed AS (
    SELECT DISTINCT payout_link_id FROM payout_link_transition
    WHERE account = $1 AND ${IN_SLOT} AND to_status IN ${FAILING}),
  event AS (
    SELECT payout_link_id, 'MOVED' AS kind, 1 AS rank, seq AS version, to_status IN ${FAILING} AS failed,
      recorded_at AS at, ${BEFORE} AS before
    FROM payout_link_transition JOIN failed USING (payout_link_id)
    WHERE ${IN_SLOT} AND from_status IS DISTINCT FROM to_status
    UNION ALL
    SELECT payout_link_id, 'WRITTEN_OFF', 2, link_version, false, written_off_at, ${WRITTEN_OFF_BEFORE}
    FROM payout_link_write_off WHERE account = $1 AND ${WRITTEN_OFF_IN_SLOT}
    UNION ALL
    SELECT replacing.reissue_of, 'REPLACED', 3, 0, false, recorded_at, ${BEFORE}
    FROM payout_link replacing JOIN payout_link_transition created ON created.payout_link_id = replacing.id
    WHERE replacing.account = $1 AND replacing.reissue_of IS NOT NULL AND created.seq = 1 AND ${IN_SLOT}),
  recent AS (SELECT DISTINCT payout_link_id FROM event WHERE NOT before)
  SELECT event.payout_link_id AS "linkId", kind, failed, event.version, before, link.currency, link.amount
  FROM event JOIN recent USING (payout_link_id) JOIN payout_link link ON link.id = event.payout_link_id
  WHERE ${NOT_HISTORY}
  ORDER BY event.payout_link_id, before DESC, at, rank, event.version`;

/** A row of `FAILURE_EVENTS_SQL`. */
export interface FailureEventRow extends FailureEvent {
  linkId: string;
  currency: string;
  amount: string;
}
