import { named } from '../database/named.js';
import { LEASE_SECONDS } from '../lease.js';
import { CONDITION_TYPES } from '../rules/discrepancy.js';
import { REDACTED_JSON } from '../privacy/redacted.js';
import { SHARED_CUTOFF } from './cutoff.js';

/** The CTE `outbox`: one task per handler that any process registered within thirty days; none if only the reason changed. */
const OUTBOX = `outbox AS (
  INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, created_at,
    trace_parent)
  SELECT handler.name, link.id, link.version, 'WAITING', 0, link.updated_at, link.updated_at, :traceParent
  FROM link, payout_link_handler handler
  WHERE handler.last_seen_at > link.updated_at - interval '30 days'
    AND (handler.statuses IS NULL OR link.status = ANY (handler.statuses))
    AND link.status IS DISTINCT FROM link.from_status)`;

/** A usable response resolves the discrepancies that reported none. */
export const resolveConditions = (
  which: string,
) => `UPDATE payout_link_discrepancy SET resolved_at = clock_timestamp()
  WHERE ${which} AND resolved_at IS NULL AND type IN (${CONDITION_TYPES.map((type) => `'${type}'`).join(', ')})`;

/**
 * Takes the shared cutoff lock, then stamps and inserts the intent with its history and tasks. A concurrent create with
 * the same external id inserts nothing.
 */
export const INSERT_INTENT = named(`
  WITH ${SHARED_CUTOFF},
  link AS (
    INSERT INTO payout_link (account, external_id, amount, currency, email, metadata, batch_id, id, chain_id, attempt,
      reissue_of, reissue_reason, status, version, status_at, lease_fence, lease_expires_at, polls, created_at, updated_at)
    SELECT :account, :externalId, :amount::bigint, 'IDR', :email, :metadata::json, :batchId, :id::uuid, :chainId::uuid,
      :attempt, :reissueOf, :reissueReason, 'CREATING', 1, now, 1, now + make_interval(secs => ${LEASE_SECONDS}), 0,
      date_trunc('milliseconds', now), now
    FROM shared CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE shared IS NOT NULL) AS clock
    ON CONFLICT (account, external_id) DO NOTHING
    RETURNING *, NULL::text AS from_status),
  transition AS (
    INSERT INTO payout_link_transition (payout_link_id, account, seq, to_status, source, effective_at, recorded_at)
    SELECT id, account, version, status, 'API', status_at, status_at FROM link),
  ${OUTBOX}
  SELECT * FROM link`);

/**
 * Takes the shared cutoff lock, then stamps and inserts a link made elsewhere, with its history and without tasks, and
 * locks and queues the unmatched deliveries about it. It takes effect now, whatever the provider's times.
 */
export const INSERT_IMPORT = named(`
  WITH ${SHARED_CUTOFF},
  link AS (
    INSERT INTO payout_link (account, external_id, amount, currency, email, id, chain_id, attempt, status, imported_status,
      failure_code, version, status_at, provider_id, provider_status, payout_url, expires_at, disbursement_id,
      provider_created_at, claimed_at, lease_fence, polls, last_read_at, next_poll_at, created_at, updated_at)
    SELECT :account, :externalId, :amount::bigint, 'IDR', :email, :id::uuid, :id::uuid, 1, :status, :status,
      :failureCode, 1, now, :providerId, :providerStatus, :payoutUrl, :expiresAt::timestamptz, :disbursementId,
      :createdAt::timestamptz, :claimedAt::timestamptz, 0, 0, now,
      CASE WHEN :status IN ('PENDING', 'REQUESTED', 'UNKNOWN', 'SUCCEEDED') THEN now END,
      date_trunc('milliseconds', now), now
    FROM shared CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE shared IS NOT NULL) AS clock
    ON CONFLICT DO NOTHING
    RETURNING *),
  transition AS (
    INSERT INTO payout_link_transition (payout_link_id, account, seq, to_status, source, provider_status, failure_code,
      provider_id, provider_created_at, expires_at, occurred_at, effective_at, recorded_at, raw)
    SELECT id, account, version, status, 'OPERATOR', provider_status, failure_code, provider_id, provider_created_at,
      expires_at, :occurredAt::timestamptz, status_at, status_at, :raw::json
    FROM link),
  queued AS (
    UPDATE payout_link_delivery delivery SET status = 'RECEIVED', attempts = 0, lease_fence = delivery.lease_fence + 1,
      next_attempt_at = link.updated_at
    FROM link
    WHERE delivery.status = 'UNMATCHED' AND delivery.account = ANY (:accounts)
      AND (delivery.external_id = link.external_id
        OR delivery.provider_id IN (link.provider_id, link.disbursement_id)))
  SELECT * FROM link`);

/**
 * Takes the shared cutoff lock, then the row's: waiting for a closing slot while holding the row would block others. Not
 * FOR UPDATE: that would wait for a host's open transaction that just stored a foreign key to the link, which may itself
 * be waiting for this call.
 */
export const LOCK_LINK = named(`
  WITH ${SHARED_CUTOFF}
  SELECT link.*, clock_timestamp() AS now FROM shared, payout_link link WHERE link.id = :id FOR NO KEY UPDATE OF link`);

/**
 * Takes the shared cutoff lock, then the row's if the row is still as the decision assumed, and writes link, history,
 * tasks and resolved discrepancies. The version stands for state and reason; the other `…Before` values are all else that
 * a decision depends on. Times are compared with JavaScript's precision.
 */
export const MOVE = named(`
  WITH ${SHARED_CUTOFF},
  locked AS MATERIALIZED (
    SELECT link.id FROM shared, payout_link link
    WHERE link.id = :id AND link.version = :versionBefore AND link.lease_fence = :fenceBefore
      AND link.provider_id IS NOT DISTINCT FROM :providerIdBefore
      AND date_trunc('milliseconds', link.expires_at) IS NOT DISTINCT FROM :expiresAtBefore
      AND date_trunc('milliseconds', link.claimed_at) IS NOT DISTINCT FROM :claimedAtBefore
      AND date_trunc('milliseconds', link.void_requested_at) IS NOT DISTINCT FROM :voidRequestedAtBefore
    FOR NO KEY UPDATE OF link),
  link AS (
    UPDATE payout_link SET
      status = :to, version = version + 1, failure_code = :failureCode,
      status_at = greatest(status_at, least(now,
        coalesce(:occurredAt::timestamptz, :slotEnd::timestamptz - interval '1 millisecond', now))),
      provider_id = coalesce(provider_id, :providerId), provider_status = coalesce(:providerStatus, provider_status),
      payout_url = CASE WHEN redacted_at IS NULL THEN coalesce(:payoutUrl, payout_url) END,
      expires_at = coalesce(:expiresAt, expires_at),
      disbursement_id = coalesce(:disbursementId, disbursement_id),
      provider_created_at = coalesce(:createdAt, provider_created_at),
      claimed_at = coalesce(claimed_at, :claimedAt),
      lease_fence = lease_fence + CASE WHEN :to = 'CREATING' THEN 1 ELSE 0 END,
      lease_expires_at = CASE WHEN :to = 'CREATING' THEN now + make_interval(secs => ${LEASE_SECONDS}) END,
      last_read_at = CASE WHEN :isRead THEN greatest(last_read_at, now - make_interval(secs => :ageSeconds))
        ELSE last_read_at END,
      polls = 0,
      next_poll_at = CASE WHEN :to IN ('PENDING', 'REQUESTED', 'UNKNOWN', 'SUCCEEDED') THEN now END,
      updated_at = now
    FROM locked CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE locked.id IS NOT NULL) AS clock
    WHERE payout_link.id = locked.id
    RETURNING payout_link.*, now AS recorded_at, :from::text AS from_status),
  transition AS (
    INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source, provider_status,
      failure_code, provider_id, provider_created_at, expires_at, occurred_at, effective_at, recorded_at, raw)
    SELECT id, account, version, from_status, status, :source, :providerStatus, failure_code, provider_id,
      provider_created_at, expires_at, :occurredAt::timestamptz, status_at, recorded_at,
      CASE WHEN redacted_at IS NULL THEN :raw::json ELSE '${REDACTED_JSON}' END
    FROM link),
  ${OUTBOX},
  settled AS (${resolveConditions('payout_link_id IN (SELECT id FROM link) AND :isRead')})
  SELECT * FROM link`);

/** Under the row's lock: newer details with the same status. */
export const UPDATE_DETAILS = named(`
  WITH link AS (
    UPDATE payout_link SET
      provider_id = coalesce(provider_id, :providerId), provider_status = :providerStatus,
      payout_url = CASE WHEN redacted_at IS NULL THEN coalesce(:payoutUrl, payout_url) END,
      expires_at = coalesce(:expiresAt, expires_at),
      disbursement_id = coalesce(:disbursementId, disbursement_id),
      provider_created_at = coalesce(:createdAt, provider_created_at), claimed_at = coalesce(claimed_at, :claimedAt),
      last_read_at = CASE WHEN :isRead THEN greatest(last_read_at, now - make_interval(secs => :ageSeconds))
        ELSE last_read_at END
    FROM clock_timestamp() AS now
    WHERE id = :id
    RETURNING payout_link.*),
  settled AS (${resolveConditions('payout_link_id = :id AND :isRead')})
  SELECT * FROM link`);

/** Takes the shared cutoff lock, then stamps the discrepancy; the same one is stored once per version of the link. */
export const INSERT_DISCREPANCY = named(`
  WITH ${SHARED_CUTOFF}
  INSERT INTO payout_link_discrepancy (account, type, payout_link_id, link_version, local_value, provider_value, amount,
    currency, first_seen_at, detected_by, external_id, provider_id)
  SELECT :account, :type, :id::uuid, :version::int, :localValue, :providerValue, :amount::bigint, :currency,
    clock_timestamp(), :source, :externalId, :providerId
  FROM shared
  ON CONFLICT DO NOTHING`);

/** One row if the link's current failure was written off: it has not changed since. Locks nothing. */
export const FIND_WRITE_OFF = named(`
  SELECT 1 FROM payout_link_write_off AS written
  WHERE payout_link_id = :id AND NOT EXISTS (
    SELECT 1 FROM payout_link_transition
    WHERE payout_link_id = :id AND seq > written.link_version AND from_status IS DISTINCT FROM to_status)`);

/** One row if the link was replaced. Locks nothing; call it under the row's lock, under which a successor is stored. */
export const FIND_SUCCESSOR = named('SELECT 1 FROM payout_link WHERE reissue_of = :id');

/** One row if a link of the chain has succeeded. Locks nothing. */
export const FIND_PAID_OF_CHAIN = named(
  "SELECT 1 FROM payout_link WHERE chain_id = :chainId AND status = 'SUCCEEDED' LIMIT 1",
);
