import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { entityOf, type Row } from '../database/entity-rows.js';
import { PayoutLinksDatabase, type Statements } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import { ABANDONED, decide, type Decision, type Discrepancy } from '../rules/decide.js';
import type { Observation, ObservationSource } from '../rules/observation.js';
import { PayoutLink } from './payout-link.entity.js';
import { LOCK_TIMEOUT, secondsSince } from './payout-link.repository.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** @internal A create as it is stored before anything is sent. */
export interface Intent {
  account: string;
  externalId: string;
  /** Whole rupiah. */
  amount: bigint;
  email: string;
  metadata: Record<string, unknown> | null;
  /** The link that this one replaces, unless `unless`, evaluated under that link's lock, returns true. */
  replaces?: { link: PayoutLink; reason: string; unless: (statements: Statements) => Promise<boolean> };
}

/** The circumstances of an observation. */
export interface ObservationContext {
  source: ObservationSource;
  /** The row's version when the observation's request was sent. */
  sentAtVersion: number;
  /** When it was sent, by `performance.now()`: the observation is as old as that. */
  sentAt: number;
  /** The fence of the lease under which a create was sent. */
  fence?: number;
  /**
   * End of the slot whose own run made the observation: it counts within that slot unless the provider gives a
   * time.
   */
  slotEnd?: Date;
}

/** The effect of an observation. */
export interface Recorded {
  outcome: Decision['kind'];
  /** The link after it. */
  link: PayoutLink;
  /** The status before, if it changed. */
  from?: PayoutLinkStatus;
  /** How the response contradicts the stored link. */
  discrepancy?: Discrepancy;
}

/**
 * Held shared by every recording and exclusively while a slot closes, so nothing stamped earlier can commit later.
 * @internal
 */
export const SHARED_CUTOFF = `shared AS MATERIALIZED (
  SELECT ${LOCK_TIMEOUT}, pg_advisory_xact_lock_shared(hashtext('payout_link_cut'), hashtext($1)))`;

/** One task per handler that any process registered within thirty days. */
const OUTBOX = `outbox AS (
  INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, created_at)
  SELECT handler.name, link.id, link.version, 'WAITING', 0, link.updated_at, link.updated_at
  FROM link, payout_link_handler handler
  WHERE handler.last_seen_at > link.updated_at - interval '30 days'
    AND (handler.statuses IS NULL OR link.status = ANY (handler.statuses))`;

/**
 * The only writer of a link's state: locks the row, decides by the rules, writes link, history, outbox and
 * discrepancies, and commits.
 * @internal
 */
@Injectable()
export class PayoutLinkRecorder {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly database: PayoutLinksDatabase) {}

  /** Calls back when this process has committed a change. */
  onMove(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * Stores the intent of a create under a new lease and commits. A successor is stored only if the link that it
   * replaces has not changed since the decision.
   * @returns null when the account already has that external id, or the link to replace has changed
   */
  async recordIntent(intent: Intent): Promise<PayoutLink | null> {
    const { replaces } = intent;
    const stored = !replaces
      ? await insertIntent(this.database, intent)
      : await this.database.transaction(async (statements) => {
          const { current } = await lock(statements, replaces.link);
          if (current.version !== replaces.link.version || (await replaces.unless(statements))) return null;
          return insertIntent(statements, intent);
        });
    if (stored) this.moved();
    return stored;
  }

  /**
   * Applies one observation to one link by the status rules, in one transaction.
   * @param link as the caller knows it; the row decides
   */
  async record(link: PayoutLink, observation: Observation, context: ObservationContext): Promise<Recorded> {
    const recorded = await this.write(link, observation, context);
    if (recorded.outcome === 'move') this.moved();
    return recorded;
  }

  /** Records that the provider doesn't know this link; status unchanged. */
  recordMissing(link: PayoutLink, source: ObservationSource, providerValue: string): Promise<void> {
    const discrepancy: Discrepancy = {
      type: 'MISSING_AT_PROVIDER',
      localValue: link.providerId ?? '',
      providerValue,
    };
    return insertDiscrepancy(this.database, link, discrepancy, source);
  }

  private moved(): void {
    for (const listener of this.listeners) listener();
  }

  /** The caller's copy nearly always equals the row; then one statement is the whole transaction. */
  private async write(
    link: PayoutLink,
    observation: Observation,
    context: ObservationContext,
  ): Promise<Recorded> {
    const decision = decideAtAnyTime(link, observation, context);
    if (decision?.kind === 'move' && !decision.discrepancy) {
      const moved = await move(this.database, link, observation, decision, context);
      if (moved) return { outcome: 'move', from: link.status, link: moved };
    }
    return this.decideAndWrite(link, observation, context);
  }

  private decideAndWrite(
    link: PayoutLink,
    observation: Observation,
    context: ObservationContext,
  ): Promise<Recorded> {
    return this.database.transaction(async (statements): Promise<Recorded> => {
      const { current, now } = await lock(statements, link);
      if (observation.kind === 'sent-again' && !(await mayBeSentAgain(statements, current))) {
        return { outcome: 'ignored', link: current };
      }
      const decision = decideOn(current, observation, context, now);
      switch (decision.kind) {
        case 'move':
          return {
            outcome: decision.kind,
            from: current.status,
            link: await moveLocked(statements, current, observation, decision, context),
          };
        case 'same':
          return {
            outcome: decision.kind,
            link: await refreshDetails(statements, current, observation, context),
          };
        case 'discrepancy':
          await insertDiscrepancy(statements, current, decision.discrepancy, context.source);
          return { outcome: decision.kind, link: current, discrepancy: decision.discrepancy };
        case 'stale':
        case 'ignored':
          return { outcome: decision.kind, link: current };
      }
    });
  }
}

function decideOn(
  current: PayoutLink,
  observation: Observation,
  { sentAtVersion, fence }: ObservationContext,
  now: Date,
): Decision {
  return decide(current, observation, { sentAtVersion, holdsLease: fence === current.leaseFence, now });
}

/** Null if the decision depends on the clock or other rows; then decide under the row lock. */
function decideAtAnyTime(
  link: PayoutLink,
  observation: Observation,
  context: ObservationContext,
): Decision | null {
  if (observation.kind === 'sent-again') return null;
  const [early, late] = [EARLIEST, LATEST].map((now) => decideOn(link, observation, context, now));
  return isDeepStrictEqual(early, late) ? early! : null;
}

const [EARLIEST, LATEST] = [new Date(-8.64e15), new Date(8.64e15)];

async function insertIntent(statements: Statements, intent: Intent): Promise<PayoutLink | null> {
  const rows = await statements.query<Row>(
    `WITH ${SHARED_CUTOFF},
      link AS (
        INSERT INTO payout_link (account, external_id, amount, currency, email, metadata, id, chain_id, attempt,
          reissue_of, reissue_reason, status, version, status_at, lease_fence, lease_expires_at, polls, created_at,
          updated_at)
        SELECT $1, $2, $3::bigint, 'IDR', $4, $5::json, $6::uuid, $7::uuid, $8, $9, $10, 'CREATING', 1, now, 1,
          now + make_interval(secs => ${LEASE_SECONDS}), 0, date_trunc('milliseconds', now), now
        FROM shared CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE shared IS NOT NULL) AS clock
        ON CONFLICT (account, external_id) DO NOTHING
        RETURNING *),
      transition AS (
        INSERT INTO payout_link_transition (payout_link_id, account, seq, to_status, source, effective_at, recorded_at)
        SELECT id, account, version, status, 'API', status_at, status_at FROM link),
      ${OUTBOX})
    SELECT * FROM link`,
    intentParameters(intent, randomUUID()),
  );
  return rows[0] ? entityOf(PayoutLink, rows[0]) : null;
}

function intentParameters(intent: Intent, id: string): unknown[] {
  const { replaces } = intent;
  return [
    intent.account,
    intent.externalId,
    intent.amount.toString(),
    intent.email,
    intent.metadata === null ? null : JSON.stringify(intent.metadata),
    id,
    replaces?.link.chainId ?? id,
    replaces ? replaces.link.attempt + 1 : 1,
    replaces?.link.id ?? null,
    replaces?.reason ?? null,
  ];
}

/** It was not abandoned, not replaced, and its failure was not written off. */
async function mayBeSentAgain(statements: Statements, current: PayoutLink): Promise<boolean> {
  if (current.failureCode === ABANDONED) return false;
  return !(await hasSuccessor(statements, current)) && !(await isWrittenOff(statements, current.id));
}

/** @internal Whether the link's current failure was written off (it has not changed since). */
export async function isWrittenOff(statements: Statements, id: string): Promise<boolean> {
  const rows = await statements.query(
    `SELECT 1 FROM payout_link_write_off AS written
     WHERE payout_link_id = $1 AND NOT EXISTS (
       SELECT 1 FROM payout_link_transition
       WHERE payout_link_id = $1 AND seq > written.link_version AND from_status IS DISTINCT FROM to_status)`,
    [id],
  );
  return rows.length > 0;
}

/** @internal Call it under the row's lock: a successor is only ever stored under the same lock. */
export async function hasSuccessor(statements: Statements, link: PayoutLink): Promise<boolean> {
  const rows = await statements.query('SELECT 1 FROM payout_link WHERE reissue_of = $1', [link.id]);
  return rows.length > 0;
}

/**
 * Locks a link's row for one transaction, after taking the shared cutoff lock. Not FOR UPDATE: that would wait for
 * a host's open transaction that just stored a foreign key to the link, which may itself be waiting for this call.
 * @internal
 */
export async function lock(
  statements: Statements,
  link: Pick<PayoutLink, 'id' | 'account'>,
): Promise<{ current: PayoutLink; now: Date }> {
  // The shared lock comes first: waiting for a closing slot while holding the row would block others.
  const rows = await statements.query<Row>(
    `WITH ${SHARED_CUTOFF}
     SELECT link.*, clock_timestamp() AS now FROM shared, payout_link link WHERE link.id = $2 FOR NO KEY UPDATE OF link`,
    [link.account, link.id],
  );
  if (!rows[0]) throw new Error(`payout link ${link.id} has vanished`);
  return { current: entityOf(PayoutLink, rows[0]), now: rows[0].now as Date };
}

type Move = Extract<Decision, { kind: 'move' }>;

/** Updates the row while its lock is held. */
async function moveLocked(
  statements: Statements,
  current: PayoutLink,
  observation: Observation,
  decision: Move,
  context: ObservationContext,
): Promise<PayoutLink> {
  const moved = await move(statements, current, observation, decision, context);
  if (!moved) throw new Error(`payout link ${current.id} changed under its lock`);
  if (decision.discrepancy) await insertDiscrepancy(statements, moved, decision.discrepancy, context.source);
  return moved;
}

/**
 * Locks the row and updates it in one statement, if it still is as the decision assumed.
 * @returns null when it is not
 */
async function move(
  statements: Statements,
  current: PayoutLink,
  observation: Observation,
  { to, failureCode }: Move,
  { source, sentAt, slotEnd }: ObservationContext,
): Promise<PayoutLink | null> {
  const seen = observation.kind === 'link' ? observation.link : undefined;
  const raw = observation.kind === 'sent-again' ? null : observation.raw;
  const occurredAt = to === 'EXPIRED' ? (seen?.expiresAt ?? current.expiresAt) : seen?.occurredAt;
  const rows = await statements.query<Row>(
    `WITH ${SHARED_CUTOFF},
      held AS MATERIALIZED (
        SELECT link.id FROM shared, payout_link link WHERE link.id = $2 AND ${AS_DECIDED_ON} FOR NO KEY UPDATE OF link),
      link AS (
        UPDATE payout_link SET
          status = $3, version = version + 1, failure_code = $4,
          status_at = greatest(status_at, least(now, coalesce($5::timestamptz, $6::timestamptz - interval '1 millisecond', now))),
          provider_id = coalesce(provider_id, $7), provider_status = coalesce($8, provider_status),
          payout_url = coalesce($9, payout_url), expires_at = coalesce($10, expires_at),
          disbursement_id = coalesce($11, disbursement_id),
          provider_created_at = coalesce($12, provider_created_at),
          claimed_at = coalesce(claimed_at, $13::timestamptz, CASE WHEN $3 = 'REQUESTED' THEN now END),
          lease_fence = lease_fence + CASE WHEN $3 = 'CREATING' THEN 1 ELSE 0 END,
          lease_expires_at = CASE WHEN $3 = 'CREATING' THEN now + make_interval(secs => ${LEASE_SECONDS}) END,
          last_read_at = CASE WHEN $14 THEN greatest(last_read_at, now - make_interval(secs => $18))
            ELSE last_read_at END,
          polls = 0,
          next_poll_at = CASE WHEN $3 IN ('PENDING', 'REQUESTED', 'UNKNOWN', 'SUCCEEDED') THEN now END,
          updated_at = now
        FROM held CROSS JOIN LATERAL (SELECT clock_timestamp() AS now WHERE held.id IS NOT NULL) AS clock
        WHERE payout_link.id = held.id
        RETURNING payout_link.*, now AS recorded_at),
      transition AS (
        INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source,
          provider_status, failure_code, provider_id, provider_created_at, expires_at, occurred_at, effective_at,
          recorded_at, raw)
        SELECT id, account, version, $15, status, $16, $8, failure_code, provider_id, provider_created_at, expires_at,
          $5::timestamptz, status_at, recorded_at, $17::json
        FROM link),
      ${OUTBOX} AND link.status <> $15),
      settled AS (${resolveConditions('IN (SELECT id FROM link)')} AND $14)
    SELECT * FROM link`,
    [
      current.account,
      current.id,
      to,
      failureCode,
      occurredAt ?? null,
      slotEnd ?? null,
      seen?.id ?? null,
      seen?.providerStatus ?? null,
      seen?.payoutUrl ?? null,
      seen?.expiresAt ?? null,
      seen?.disbursementId ?? null,
      seen?.createdAt ?? null,
      seen?.claimedAt ?? null,
      isRead(observation),
      current.status,
      source,
      raw === null ? null : JSON.stringify(raw),
      secondsSince(sentAt),
      current.version,
      current.leaseFence,
      current.providerId,
      current.expiresAt,
      current.claimedAt,
      current.voidRequestedAt,
    ],
  );
  return rows[0] ? entityOf(PayoutLink, rows[0]) : null;
}

/**
 * Everything a decision depends on that can change: the version stands for state and reason. Times are compared
 * with JavaScript's precision.
 */
const AS_DECIDED_ON = `link.version = $19 AND link.lease_fence = $20
          AND link.provider_id IS NOT DISTINCT FROM $21
          AND date_trunc('milliseconds', link.expires_at) IS NOT DISTINCT FROM $22
          AND date_trunc('milliseconds', link.claimed_at) IS NOT DISTINCT FROM $23
          AND date_trunc('milliseconds', link.void_requested_at) IS NOT DISTINCT FROM $24`;

/** Whether the provider itself was read: only that shows a link dead, and only that resolves discrepancies. */
function isRead(observation: Observation): boolean {
  return observation.kind === 'link' && !observation.unread;
}

/** A usable response resolves the discrepancies that reported none. */
const resolveConditions = (
  link: string,
) => `UPDATE payout_link_discrepancy SET resolved_at = clock_timestamp()
  WHERE payout_link_id ${link} AND resolved_at IS NULL
    AND type IN ('AMOUNT_MISMATCH', 'MISSING_AT_PROVIDER', 'UNKNOWN_STATUS')`;

async function refreshDetails(
  statements: Statements,
  current: PayoutLink,
  observation: Observation,
  { sentAt }: ObservationContext,
): Promise<PayoutLink> {
  if (observation.kind !== 'link') return current;
  const { link } = observation;
  const rows = await statements.query<Row>(
    `WITH link AS (
        UPDATE payout_link SET
          provider_id = coalesce(provider_id, $2), provider_status = $3, payout_url = coalesce($4, payout_url),
          expires_at = coalesce($5, expires_at), disbursement_id = coalesce($6, disbursement_id),
          provider_created_at = coalesce($7, provider_created_at), claimed_at = coalesce(claimed_at, $8),
          last_read_at = CASE WHEN $9 THEN greatest(last_read_at, now - make_interval(secs => $10))
            ELSE last_read_at END
        FROM clock_timestamp() AS now
        WHERE id = $1
        RETURNING payout_link.*),
      settled AS (${resolveConditions('= $1')} AND $9)
    SELECT * FROM link`,
    [
      current.id,
      link.id,
      link.providerStatus,
      link.payoutUrl,
      link.expiresAt,
      link.disbursementId,
      link.createdAt,
      link.claimedAt,
      isRead(observation),
      secondsSince(sentAt),
    ],
  );
  return entityOf(PayoutLink, rows[0]!);
}

async function insertDiscrepancy(
  statements: Statements,
  link: PayoutLink,
  { type, localValue, providerValue }: Discrepancy,
  source: ObservationSource,
): Promise<void> {
  await statements.query(
    `WITH ${SHARED_CUTOFF}
     INSERT INTO payout_link_discrepancy (account, type, payout_link_id, link_version, local_value, provider_value,
       amount, currency, first_seen_at, detected_by, external_id, provider_id)
     SELECT $1, $2, $3::uuid, $4::int, $5, $6, $7::bigint, $8, clock_timestamp(), $9, $10, $11 FROM shared
     ON CONFLICT DO NOTHING`,
    [
      link.account,
      type,
      link.id,
      link.version,
      localValue,
      providerValue,
      link.amount.toString(),
      link.currency,
      source,
      link.externalId,
      link.providerId,
    ],
  );
}
