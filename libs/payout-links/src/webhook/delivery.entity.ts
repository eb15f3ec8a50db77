import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

const DELIVERY_STATUSES = ['RECEIVED', 'PROCESSED', 'UNMATCHED', 'DEAD'] as const;
/** `RECEIVED` waits to be processed; `UNMATCHED` is about no link of ours; `DEAD` (dead letter) failed five times. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One distinct webhook delivery as received (the inbox). */
@Entity({ name: 'payout_link_delivery' })
@Index('payout_link_delivery_key', ['account', 'deliveryKey'], { unique: true })
@Index('payout_link_delivery_due', ['nextAttemptAt'], { where: "status = 'RECEIVED'" })
@Index('payout_link_delivery_dead', ['account'], { where: "status = 'DEAD'" })
@Index('payout_link_delivery_listed', ['status', 'id'], { where: "status IN ('DEAD', 'UNMATCHED')" })
@Index('payout_link_delivery_received', ['receivedAt'])
@Index('payout_link_delivery_of_external_id', ['account', 'externalId'], { where: "status = 'UNMATCHED'" })
@Index('payout_link_delivery_of_provider_id', ['account', 'providerId'], { where: "status = 'UNMATCHED'" })
export class PayoutLinkDelivery {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_delivery_pkey',
  })
  id!: string;

  /** The account whose token the delivery carried. */
  @Column({ update: false, type: 'text' })
  account!: string;

  /** `webhook-id`, or the SHA-256 of the body without one. */
  @Column({ update: false, name: 'delivery_key', type: 'text' })
  deliveryKey!: string;

  @Column({ update: false, type: 'text', nullable: true })
  event!: string | null;

  @Column({ update: false, type: 'json' })
  body!: unknown;

  @Column({ update: false, type: 'text' })
  status!: DeliveryStatus;

  /** The link that it was about. */
  @Column({ update: false, name: 'payout_link_id', type: 'uuid', nullable: true })
  payoutLinkId!: string | null;

  /** The ids that an unmatched delivery names. */
  @Column({ update: false, name: 'external_id', type: 'text', nullable: true })
  externalId!: string | null;

  @Column({ update: false, name: 'provider_id', type: 'text', nullable: true })
  providerId!: string | null;

  /** Attempts to process it. */
  @Column({ update: false, type: 'integer' })
  attempts!: number;

  /** When it is next due; later while it is leased. */
  @Column({ update: false, name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  /** Counts the leases; only the holder of the latest one may write. */
  @Column({ update: false, name: 'lease_fence', type: 'integer', default: 0 })
  leaseFence!: number;

  /** The span of the request that brought it, as a W3C `traceparent`. */
  @Column({ update: false, name: 'trace_parent', type: 'text', nullable: true })
  traceParent!: string | null;

  /** Why the last attempt failed; safe to show. */
  @Column({ update: false, name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  /** How often the same delivery arrived. */
  @Column({ update: false, name: 'received_count', type: 'integer' })
  receivedCount!: number;

  @Column({ update: false, name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;

  @Column({ update: false, name: 'last_received_at', type: 'timestamptz' })
  lastReceivedAt!: Date;

  @Column({ update: false, name: 'processed_at', type: 'timestamptz', nullable: true })
  processedAt!: Date | null;
}
