import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export const DELIVERY_STATUSES = ['RECEIVED', 'PROCESSED', 'UNMATCHED', 'SET_ASIDE'] as const;
/** `RECEIVED` waits to be worked on; `UNMATCHED` is about no link of ours; `SET_ASIDE` failed five times. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One distinct webhook delivery as it came in (the inbox). */
@Entity({ name: 'payout_link_delivery' })
@Index('payout_link_delivery_key', ['account', 'deliveryKey'], { unique: true })
@Index('payout_link_delivery_due', ['nextAttemptAt'], { where: "status = 'RECEIVED'" })
@Index('payout_link_delivery_received', ['receivedAt'])
export class PayoutLinkDelivery {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_delivery_pkey',
  })
  id!: string;

  /** The account whose token the delivery carried. */
  @Column({ type: 'text' })
  account!: string;

  /** `webhook-id`, or the SHA-256 of the body where there is none. */
  @Column({ name: 'delivery_key', type: 'text' })
  deliveryKey!: string;

  @Column({ type: 'text', nullable: true })
  event!: string | null;

  @Column({ type: 'json' })
  body!: unknown;

  @Column({ type: 'text' })
  status!: DeliveryStatus;

  /** The link that it was about. */
  @Column({ name: 'payout_link_id', type: 'uuid', nullable: true })
  payoutLinkId!: string | null;

  /** Times it was taken up. */
  @Column({ type: 'integer' })
  attempts!: number;

  /** When it may be taken up (again); moved ahead while somebody works on it. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  /** Why the last attempt failed; safe to show. */
  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  /** Times the same delivery arrived. */
  @Column({ name: 'received_count', type: 'integer' })
  receivedCount!: number;

  @Column({ name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;

  @Column({ name: 'last_received_at', type: 'timestamptz' })
  lastReceivedAt!: Date;

  @Column({ name: 'processed_at', type: 'timestamptz', nullable: true })
  processedAt!: Date | null;
}
