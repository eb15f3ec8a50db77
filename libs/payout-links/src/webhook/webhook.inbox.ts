import { Injectable } from '@nestjs/common';
import { entityOf, type Row } from '../database/entity-rows.js';
import { named } from '../database/named.js';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import { SHARED_CUTOFF } from '../link/cutoff.js';
import { REDACTED_JSON } from '../privacy/redacted.js';
import { traceParent } from '../telemetry/spans.js';
import { PayoutLinkDelivery, type DeliveryStatus } from './delivery.entity.js';
import type { WebhookPayload } from './webhook-payload.js';

/** An incoming delivery. */
export interface IncomingDelivery {
  account: string;
  /** `webhook-id`, or the body's SHA-256 without one. */
  deliveryKey: string;
  event: string | null;
  /** The body as stored. */
  json: string;
}

/** Attempts before a delivery becomes a dead letter. */
const DELIVERY_ATTEMPTS = 5;
/** A leased delivery. A process whose lease expired and was taken by another writes nothing. */
type Leased = Pick<PayoutLinkDelivery, 'id' | 'leaseFence'>;

/** Discrepancies of unmatched deliveries by account and day (UTC); one more stands for all that follow. */
const NAMED_A_DAY = 100;

/** Takes the shared cutoff lock, then finishes the delivery and stores the discrepancy. */
const UNMATCHED = named(`
  WITH ${SHARED_CUTOFF},
  finished AS (
    UPDATE payout_link_delivery SET status = 'UNMATCHED', last_error = NULL, processed_at = clock_timestamp(),
      external_id = :externalId, provider_id = :providerId
    WHERE id = :id AND status = 'RECEIVED' AND lease_fence = :leaseFence RETURNING id),
  today AS (
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS day),
  known AS (
    SELECT count(*) < ${NAMED_A_DAY} AS few FROM (
      SELECT 1 FROM payout_link_discrepancy, today
      WHERE account = :account AND first_seen_at >= day::timestamp AT TIME ZONE 'UTC' AND type = 'UNMATCHED_WEBHOOK'
      LIMIT ${NAMED_A_DAY}) AS first)
  INSERT INTO payout_link_discrepancy (type, account, external_id, provider_id, link_version, local_value,
    provider_value, amount, currency, first_seen_at, detected_by)
  SELECT 'UNMATCHED_WEBHOOK', :account, CASE WHEN few THEN :externalId END, CASE WHEN few THEN :providerId END, 0,
    CASE WHEN few THEN 'delivery ' || :id::text ELSE 'more than ${NAMED_A_DAY} deliveries on ' || day END,
    CASE WHEN few THEN :providerValue ELSE '' END, CASE WHEN few THEN :amount::bigint END, 'IDR', clock_timestamp(),
    'WEBHOOK'
  FROM shared, finished, today, known
  ON CONFLICT DO NOTHING`);

/** Stores every delivery before the response is sent, and keeps it until it is processed. */
@Injectable()
export class WebhookInbox {
  constructor(private readonly database: PayoutLinksDatabase) {}

  /**
   * One row per distinct delivery, in one statement. A repetition of a dead letter or an unmatched one is queued again,
   * and one that waits for longer than any lease becomes due.
   */
  async store({ account, deliveryKey, event, json }: IncomingDelivery): Promise<void> {
    await this.database.execute(
      `INSERT INTO payout_link_delivery AS held (account, delivery_key, event, body, status, attempts, next_attempt_at,
         received_count, received_at, last_received_at, trace_parent)
       SELECT $1, $2, $3, $4::json, 'RECEIVED', 0, now, 1, now, now, $5 FROM clock_timestamp() AS now
       ON CONFLICT (account, delivery_key) DO UPDATE SET
         received_count = held.received_count + 1, last_received_at = excluded.received_at,
         body = CASE WHEN held.status IN ('UNMATCHED', 'DEAD') THEN excluded.body ELSE held.body END,
         status = CASE WHEN held.status = 'PROCESSED' THEN 'PROCESSED' ELSE 'RECEIVED' END,
         attempts = CASE WHEN held.status IN ('UNMATCHED', 'DEAD') THEN 0 ELSE held.attempts END,
         lease_fence = held.lease_fence + CASE WHEN held.status IN ('UNMATCHED', 'DEAD') THEN 1 ELSE 0 END,
         next_attempt_at = CASE WHEN held.status IN ('UNMATCHED', 'DEAD')
           OR held.next_attempt_at > clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
           THEN excluded.received_at ELSE held.next_attempt_at END`,
      [account, deliveryKey, event, json, traceParent()],
    );
  }

  /**
   * Leases due deliveries to this process; those with too many attempts become dead letters.
   * @param except accounts whose deliveries are left for later
   */
  async take(limit: number, except: readonly string[] = []): Promise<PayoutLinkDelivery[]> {
    const rows = await this.database.queryUnprepared<PayoutLinkDelivery>(
      `UPDATE payout_link_delivery SET
         attempts = attempts + CASE WHEN attempts >= $2 THEN 0 ELSE 1 END,
         status = CASE WHEN attempts >= $2 THEN 'DEAD' ELSE status END,
         last_error = CASE WHEN attempts >= $2 THEN coalesce(last_error, 'never finished') ELSE last_error END,
         lease_fence = lease_fence + 1,
         next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = ANY (ARRAY(
         SELECT id FROM payout_link_delivery
         WHERE status = 'RECEIVED' AND next_attempt_at <= statement_timestamp() AND account <> ALL ($3)
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED))
       RETURNING id, account, body, status, attempts, lease_fence AS "leaseFence", trace_parent AS "traceParent"`,
      [limit, DELIVERY_ATTEMPTS, except],
    );
    return rows.filter(({ status }) => status === 'RECEIVED');
  }

  /** Renews the lease while the delivery is processed. */
  async renew({ id, leaseFence }: Leased): Promise<void> {
    await this.database.execute(
      `UPDATE payout_link_delivery SET next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND status = 'RECEIVED' AND lease_fence = $2`,
      [id, leaseFence],
    );
  }

  /**
   * Done: the delivery was about this link.
   * @returns seconds since it arrived; null when another process has it
   */
  async done({ id, leaseFence }: Leased, payoutLinkId: string): Promise<number | null> {
    const [row] = await this.database.query<{ lag: number }>(
      `UPDATE payout_link_delivery SET status = 'PROCESSED', payout_link_id = $2, last_error = NULL,
         body = CASE WHEN EXISTS (SELECT 1 FROM payout_link WHERE id = $2 AND redacted_at IS NOT NULL)
           THEN '${REDACTED_JSON}' ELSE body END,
         processed_at = clock_timestamp() WHERE id = $1 AND status = 'RECEIVED' AND lease_fence = $3
       RETURNING extract(epoch FROM processed_at - received_at)::float8 AS lag`,
      [id, payoutLinkId, leaseFence],
    );
    return row?.lag ?? null;
  }

  /** The delivery is about no link of ours, which is recorded as a discrepancy for the reports. */
  async unmatched(
    { id, leaseFence, account }: Leased & Pick<PayoutLinkDelivery, 'account'>,
    payload: WebhookPayload | null,
  ): Promise<void> {
    await this.database.execute(
      ...UNMATCHED({
        account,
        id,
        leaseFence,
        externalId: payload?.externalId ?? null,
        providerId: payload?.ids[0] ?? null,
        providerValue: payload?.providerStatus ?? payload?.event ?? '',
        amount: payload?.amount?.toString() ?? null,
      }),
    );
  }

  /** Schedules the next attempt, or makes the delivery a dead letter after the last one. */
  async retry(
    { id, leaseFence }: Leased,
    error: string,
    waitMs: number,
    countsAsAttempt: boolean,
  ): Promise<void> {
    await this.database.execute(
      `UPDATE payout_link_delivery SET last_error = $2,
         attempts = attempts - CASE WHEN $4 THEN 0 ELSE 1 END,
         status = CASE WHEN $4 AND attempts >= $5 THEN 'DEAD' ELSE status END,
         next_attempt_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1 AND status = 'RECEIVED' AND lease_fence = $6`,
      [id, error.slice(0, 500), waitMs / 1000, countsAsAttempt, DELIVERY_ATTEMPTS, leaseFence],
    );
  }

  /** Newest first. */
  async list(status: DeliveryStatus, limit: number): Promise<PayoutLinkDelivery[]> {
    const rows = await this.database.queryUnprepared<Row>(
      'SELECT * FROM payout_link_delivery WHERE status = $1 ORDER BY id DESC LIMIT $2',
      [status, limit],
    );
    return rows.map((row) => entityOf(PayoutLinkDelivery, row));
  }

  /** Deletes deliveries received before so many days, except those not yet processed. @returns how many */
  async purge(days: number, limit: number): Promise<number> {
    const purged = await this.database.queryUnprepared(
      `DELETE FROM payout_link_delivery WHERE id = ANY (ARRAY(
         SELECT id FROM payout_link_delivery
         WHERE last_received_at < statement_timestamp() - make_interval(days => $1)
           AND received_at < statement_timestamp() - make_interval(days => $1) AND status <> 'RECEIVED'
         ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING id`,
      [days, limit],
    );
    return purged.length;
  }
}
