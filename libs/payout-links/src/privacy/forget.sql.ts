import { named } from '../database/named.js';
import { REDACTED, REDACTED_JSON } from './redacted.js';

/** Locks the links of a person. */
export const FIND_PERSON = named(
  `SELECT id, status, external_id, EXISTS (
     SELECT 1 FROM payout_link_reissue_plan WHERE payout_link_id = id AND ended_at IS NULL) AS planned
   FROM payout_link WHERE email ILIKE :pattern ORDER BY id FOR NO KEY UPDATE OF payout_link`,
);

/** A delivery that names the address is not processed yet: its body is still needed. */
export const FIND_UNPROCESSED = named(
  "SELECT 1 FROM payout_link_delivery WHERE status = 'RECEIVED' AND lower(body::text) ~ :address LIMIT 1",
);

/**
 * Replaces what says who a person is, in the links with these ids and all that is about them. Amounts, statuses, times
 * and ids stay. Deliveries that name the address without being about a link are redacted too.
 */
export const REDACT = named(`
  WITH link AS (
    UPDATE payout_link SET email = '${REDACTED}', metadata = NULL, payout_url = NULL, redacted_at = clock_timestamp(),
      reissue_reason = CASE WHEN reissue_reason IS NOT NULL THEN '${REDACTED}' END
    WHERE id = ANY (:ids::uuid[])),
  transition AS (
    UPDATE payout_link_transition SET raw = '${REDACTED_JSON}' WHERE payout_link_id = ANY (:ids::uuid[]) AND raw IS NOT NULL),
  delivery AS (
    UPDATE payout_link_delivery SET body = '${REDACTED_JSON}'
    WHERE payout_link_id = ANY (:ids::uuid[]) OR status <> 'RECEIVED' AND lower(body::text) ~ :address),
  written AS (
    UPDATE payout_link_write_off SET reason = '${REDACTED}' WHERE payout_link_id = ANY (:ids::uuid[])),
  task AS (
    UPDATE payout_link_outbox SET last_error = '${REDACTED}'
    WHERE payout_link_id = ANY (:ids::uuid[]) AND last_error IS NOT NULL)
  UPDATE payout_link_reissue_plan SET reason = '${REDACTED}'
  WHERE payout_link_id = ANY (:ids::uuid[]) AND reason IS NOT NULL`);
