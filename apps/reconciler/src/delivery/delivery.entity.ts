import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { DeliveryContent, DeliveryEvent } from './content.js';

/** `WAITING` until the target has it; then `DELIVERED`. */
export type ReportDeliveryState = 'WAITING' | 'DELIVERED';

/** A report set, or the news of a run that could not be done, on its way to one target. */
@Entity({ name: 'payout_link_report_delivery' })
@Index('payout_link_report_delivery_once', ['account', 'businessDate', 'target', 'event'], {
  unique: true,
  where: 'NOT resent AND business_date IS NOT NULL',
})
@Index('payout_link_report_delivery_waiting', ['nextAttemptAt'], { where: "state = 'WAITING'" })
export class ReportDelivery {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_report_delivery_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  account!: string;

  /** Of a slot; null for a statement. */
  @Column({ name: 'business_date', type: 'date', nullable: true })
  businessDate!: string | null;

  /** `YYYY-MM-DD_YYYY-MM-DD` of a statement; null for a slot. */
  @Column({ type: 'text', nullable: true })
  period!: string | null;

  @Column({ type: 'text' })
  event!: DeliveryEvent;

  /** Sent again by hand. */
  @Column({ type: 'boolean' })
  resent!: boolean;

  /** The target's name in `REPORT_DELIVERY`. */
  @Column({ type: 'text' })
  target!: string;

  @Column({ type: 'text' })
  state!: ReportDeliveryState;

  /** The same at every attempt: `webhook-id`, and the local part of `Message-ID`. */
  @Column({ name: 'message_id', type: 'uuid' })
  messageId!: string;

  @Column({ type: 'json' })
  content!: DeliveryContent;

  /** The addresses that still have to get it; null for all of the target's. */
  @Column({ name: 'addresses_left', type: 'json', nullable: true })
  addressesLeft!: string[] | null;

  @Column({ type: 'integer' })
  attempts!: number;

  /** Why the last attempt failed, with e-mail addresses masked. */
  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  /** When `serve` tries again; null after three days, and once it is delivered. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', nullable: true })
  nextAttemptAt!: Date | null;

  /** Counts the leases; only the holder of the latest one may write. */
  @Column({ name: 'lease_fence', type: 'integer' })
  leaseFence!: number;

  /** Another process is trying it until then. */
  @Column({ name: 'lease_expires_at', type: 'timestamptz', nullable: true })
  leaseExpiresAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'delivered_at', type: 'timestamptz', nullable: true })
  deliveredAt!: Date | null;
}
