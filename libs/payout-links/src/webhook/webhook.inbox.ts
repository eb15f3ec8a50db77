import { Injectable } from '@nestjs/common';
import { entityOf, type Row } from '../database/entity-rows.js';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import { SHARED_CUTOFF } from '../link/payout-link.recorder.js';
import { PayoutLinkDelivery, type DeliveryStatus } from './delivery.entity.js';
import type { WebhookPayload } from './webhook-payload.js';

/** A delivery as it comes in. */
export interface IncomingDelivery {
  account: string;
  /** `webhook-id`, or the body's SHA-256 where there is none. */
  deliveryKey: string;
  event: string | null;
  /** The body, as it is kept. */
  json: string;
}

/** Times a delivery is tried before it is set aside. */
export const DELIVERY_ATTEMPTS = 5;
/** A delivery under a lease: a process whose lease expired and was taken by another writes nothing. */
type Leased = Pick<PayoutLinkDelivery, 'id' | 'leaseFence'>;

/** Every delivery, stored before it is answered and kept until somebody has worked it off. */
@Injectable()
export class WebhookInbox {
  constructor(private readonly database: PayoutLinksDatabase) {}

  /** One row per distinct delivery, in one statement; a repetition of one that was given up puts it back to work. */
  async store({ account, deliveryKey, event, json }: IncomingDelivery): Promise<void> {
    await this.database.execute(
      `INSERT INTO payout_link_delivery AS held (account, delivery_key, event, body, status, attempts, next_attempt_at,
         received_count, received_at, last_received_at)
       SELECT $1, $2, $3, $4::json, 'RECEIVED', 0, now, 1, now, now FROM clock_timestamp() AS now
       ON CONFLICT (account, delivery_key) DO UPDATE SET
         received_count = held.received_count + 1, last_received_at = excluded.received_at,
         status = CASE WHEN held.status = 'PROCESSED' THEN 'PROCESSED' ELSE 'RECEIVED' END,
         attempts = CASE WHEN held.status IN ('UNMATCHED', 'DEAD') THEN 0 ELSE held.attempts END,
         lease_fence = held.lease_fence + CASE WHEN held.status IN ('UNMATCHED', 'DEAD') THEN 1 ELSE 0 END,
         next_attempt_at = CASE WHEN held.status IN ('UNMATCHED', 'DEAD') THEN excluded.received_at
           ELSE held.next_attempt_at END`,
      [account, deliveryKey, event, json],
    );
  }

  /** Takes deliveries that are due, for this process alone; sets aside those that were tried too often. */
  async take(limit: number): Promise<PayoutLinkDelivery[]> {
    const rows = await this.database.query<PayoutLinkDelivery>(
      `UPDATE payout_link_delivery SET
         attempts = attempts + CASE WHEN attempts >= $2 THEN 0 ELSE 1 END,
         status = CASE WHEN attempts >= $2 THEN 'DEAD' ELSE status END,
         last_error = CASE WHEN attempts >= $2 THEN coalesce(last_error, 'never finished') ELSE last_error END,
         lease_fence = lease_fence + 1,
         next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id IN (
         SELECT id FROM payout_link_delivery
         WHERE status = 'RECEIVED' AND next_attempt_at <= clock_timestamp()
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, account, body, status, attempts, lease_fence AS "leaseFence"`,
      [limit, DELIVERY_ATTEMPTS],
    );
    return rows.filter(({ status }) => status === 'RECEIVED');
  }

  /** The delivery is still being worked on. */
  async renew({ id, leaseFence }: Leased): Promise<void> {
    await this.database.execute(
      `UPDATE payout_link_delivery SET next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND status = 'RECEIVED' AND lease_fence = $2`,
      [id, leaseFence],
    );
  }

  /** The delivery is done: it was about this link. */
  async finish({ id, leaseFence }: Leased, payoutLinkId: string): Promise<void> {
    await this.database.execute(
      `UPDATE payout_link_delivery SET status = 'PROCESSED', payout_link_id = $2, last_error = NULL,
         processed_at = clock_timestamp() WHERE id = $1 AND status = 'RECEIVED' AND lease_fence = $3`,
      [id, payoutLinkId, leaseFence],
    );
  }

  /** The delivery is about no link of ours, which is kept as a finding for the reports. */
  async finishUnmatched(
    { id, leaseFence, account }: Leased & Pick<PayoutLinkDelivery, 'account'>,
    payload: WebhookPayload | null,
  ): Promise<void> {
    await this.database.execute(
      `WITH ${SHARED_CUTOFF},
       finished AS (
         UPDATE payout_link_delivery SET status = 'UNMATCHED', last_error = NULL, processed_at = clock_timestamp()
         WHERE id = $2 AND status = 'RECEIVED' AND lease_fence = $7 RETURNING id)
       INSERT INTO payout_link_discrepancy (type, account, external_id, provider_id, link_version, local_value,
         provider_value, amount, currency, first_seen_at, detected_by)
       SELECT 'UNMATCHED_WEBHOOK', $1, $3, $4, 0, 'delivery ' || $2::text, $5, $6::bigint, 'IDR', clock_timestamp(),
         'WEBHOOK'
       FROM shared, finished
       ON CONFLICT DO NOTHING`,
      [
        account,
        id,
        payload?.externalId ?? null,
        payload?.ids[0] ?? null,
        payload?.providerStatus ?? payload?.event ?? '',
        payload?.amount?.toString() ?? null,
        leaseFence,
      ],
    );
  }

  /** The delivery is tried again after the wait, or set aside for good after the last attempt. */
  async putBack(
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
    const rows = await this.database.query<Row>(
      'SELECT * FROM payout_link_delivery WHERE status = $1 ORDER BY id DESC LIMIT $2',
      [status, limit],
    );
    return rows.map((row) => entityOf(PayoutLinkDelivery, row));
  }

  /** Deletes deliveries that came in before so many days, but those that still wait to be worked on. @returns how many */
  async forget(days: number, limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM payout_link_delivery WHERE id IN (
         SELECT id FROM payout_link_delivery
         WHERE last_received_at < clock_timestamp() - make_interval(days => $1)
           AND received_at < clock_timestamp() - make_interval(days => $1) AND status <> 'RECEIVED'
         ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [days, limit],
    );
  }
}
