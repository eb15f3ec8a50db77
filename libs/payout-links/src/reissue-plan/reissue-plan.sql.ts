import { named } from '../database/named.js';
import { EXPIRED_UNCLAIMED } from '../failures/catalogue.js';
import { LEASE_SECONDS } from '../lease.js';
import { SHARED_CUTOFF } from '../link/cutoff.js';
import { CONDITION_TYPES } from '../rules/discrepancy.js';
import { OPEN_STATUSES } from '../rules/payout-link.status.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/**
 * Takes the shared cutoff lock, then stamps and stores a plan for each failure of one account that was recorded within
 * the last hour and may be sent again without a person. Older failures are left to people, so that a backlog is not
 * sent when automatic reissue is switched on.
 */
export const PLAN = named(`
  WITH ${SHARED_CUTOFF}
  INSERT INTO payout_link_reissue_plan (payout_link_id, seq, account, failure_code, attempt, max_attempts, due_at,
    planned_at, next_attempt_at)
  SELECT link.id, link.version, link.account, link.failure_code, link.attempt + 1, :maxAttempts::int, due_at, now, due_at
  FROM shared CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE shared IS NOT NULL) AS clock,
    payout_link link
    JOIN unnest(:codes::text[], :codeWaits::float8[]) AS code (name, seconds) ON code.name = link.failure_code
    JOIN payout_link_transition failure ON failure.payout_link_id = link.id AND failure.seq = link.version,
    LATERAL (SELECT greatest(
      failure.effective_at + make_interval(secs =>
        (:waits::float8[])[least(link.attempt, cardinality(:waits::float8[]))]),
      least(failure.occurred_at, failure.recorded_at) + make_interval(secs => code.seconds)) AS due_at) AS due
  WHERE link.account = :account
    AND link.status IN ('FAILED', 'EXPIRED') AND link.updated_at > statement_timestamp() - interval '1 hour'
    AND link.status = CASE link.failure_code WHEN '${EXPIRED_UNCLAIMED}' THEN 'EXPIRED' ELSE 'FAILED' END
    AND failure.recorded_at > statement_timestamp() - interval '1 hour'
    AND link.attempt < :maxAttempts::int AND (:maxAmount::bigint IS NULL OR link.amount <= :maxAmount::bigint)
    AND link.imported_status IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM payout_link_transition earlier
      WHERE earlier.payout_link_id = link.id AND earlier.seq < link.version
        AND earlier.to_status NOT IN (${list(OPEN_STATUSES)}))
    AND NOT EXISTS (
      SELECT 1 FROM payout_link_discrepancy condition
      WHERE condition.payout_link_id = link.id AND condition.resolved_at IS NULL
        AND condition.type IN (${list(CONDITION_TYPES)}))
    AND NOT EXISTS (
      SELECT 1 FROM payout_link_write_off written WHERE written.payout_link_id = link.id AND link_version = link.version)
    AND NOT EXISTS (
      SELECT 1 FROM payout_link other WHERE other.chain_id = link.chain_id
        AND (other.attempt > link.attempt OR other.status = 'SUCCEEDED' OR other.attempt > 1 AND EXISTS (
          SELECT 1 FROM payout_link_transition
          WHERE payout_link_id = other.id AND to_status IN ('REJECTED', 'UNCONFIRMED'))))
  ON CONFLICT DO NOTHING`);

/** Leases due plans to this process. */
export const TAKE = named(`
  UPDATE payout_link_reissue_plan SET lease_fence = lease_fence + 1,
    next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
  WHERE (payout_link_id, seq) IN (
    SELECT payout_link_id, seq FROM payout_link_reissue_plan
    WHERE ended_at IS NULL AND next_attempt_at <= statement_timestamp() AND account = ANY (:accounts)
    ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED)
  RETURNING *`);

const OF_LEASE =
  'payout_link_id = :payoutLinkId AND seq = :seq AND ended_at IS NULL AND lease_fence = :leaseFence';

/** Renews the lease, or tries the plan again after a while. */
export const POSTPONE = named(`
  UPDATE payout_link_reissue_plan SET reason = coalesce(:reason, reason),
    next_attempt_at = clock_timestamp() + make_interval(secs => :seconds::float8)
  WHERE ${OF_LEASE}`);

/** One row, locked until the transaction ends, while the plan stands and is leased to this process. */
export const LOCK = named(`SELECT 1 FROM payout_link_reissue_plan WHERE ${OF_LEASE} FOR UPDATE`);

/** Takes the shared cutoff lock, then stamps the end of a plan that is leased to this process. */
export const END = named(`
  WITH ${SHARED_CUTOFF}
  UPDATE payout_link_reissue_plan SET ended_at = now, outcome = :outcome, reason = :reason
  FROM shared CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE shared IS NOT NULL) AS clock
  WHERE ${OF_LEASE}`);

/** The plans that stand for the links' current failures. */
const STANDING = `
  FROM payout_link_reissue_plan plan JOIN payout_link link ON link.id = plan.payout_link_id AND link.version = plan.seq
  WHERE plan.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM payout_link next WHERE next.reissue_of = link.id)`;

export const FIND = named(`SELECT plan.* ${STANDING} AND link.id = ANY (:ids::uuid[])`);

/** Takes the shared cutoff lock, then ends a standing plan even while it is leased: the holder can then no longer write. */
export const CANCEL = named(`
  WITH ${SHARED_CUTOFF},
  standing AS MATERIALIZED (
    SELECT plan.payout_link_id, plan.seq FROM shared, payout_link_reissue_plan plan
    WHERE (plan.payout_link_id, plan.seq) IN (SELECT plan.payout_link_id, plan.seq ${STANDING} AND link.id = :id)
      AND plan.ended_at IS NULL
    FOR UPDATE OF plan)
  UPDATE payout_link_reissue_plan plan SET ended_at = clock_timestamp(), outcome = 'CANCELLED', reason = :reason
  FROM standing WHERE plan.payout_link_id = standing.payout_link_id AND plan.seq = standing.seq
  RETURNING plan.*`);

/**
 * Deliveries not yet processed, or dead letters, that may be about a link: they hold one of its ids, or escaped text.
 * Two queries, so that each uses its partial index.
 */
export const UNPROCESSED = named(`
  SELECT body FROM (
    SELECT account, body FROM payout_link_delivery WHERE status = 'RECEIVED'
    UNION ALL
    SELECT account, body FROM payout_link_delivery WHERE status = 'DEAD') AS delivery
  WHERE account = ANY (:accounts) AND (
    strpos(body::text, :externalId) > 0 OR strpos(body::text, :providerId) > 0
    OR strpos(body::text, coalesce(:disbursementId, :providerId)) > 0 OR strpos(body::text, '\\') > 0)`);
