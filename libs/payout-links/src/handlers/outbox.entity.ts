import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

const OUTBOX_STATUSES = ['WAITING', 'DEAD'] as const;
/**
 * `WAITING` until it is done; `DEAD` (dead letter) after the last attempt, until it is redriven. A finished task
 * is deleted.
 */
export type OutboxStatus = (typeof OUTBOX_STATUSES)[number];

/** One change to report to one handler, written in the transaction of the change. */
@Entity({ name: 'payout_link_outbox' })
@Index('payout_link_outbox_order', ['handler', 'payoutLinkId', 'seq'], { unique: true })
@Index('payout_link_outbox_due', ['handler', 'nextAttemptAt', 'id'], { where: "status = 'WAITING'" })
export class PayoutLinkOutboxTask {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_outbox_pkey',
  })
  id!: string;

  /** The handler's name: the one given to the decorator, else `Class.method`. */
  @Column({ update: false, type: 'text' })
  handler!: string;

  @Column({ update: false, name: 'payout_link_id', type: 'uuid' })
  payoutLinkId!: string;

  /** Number of the change in the link's history. */
  @Column({ update: false, type: 'integer' })
  seq!: number;

  @Column({ update: false, type: 'text' })
  status!: OutboxStatus;

  @Column({ update: false, type: 'integer' })
  attempts!: number;

  @Column({ update: false, name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  /** Counts the leases; only the holder of the latest one may write. */
  @Column({ update: false, name: 'lease_fence', type: 'integer', default: 0 })
  leaseFence!: number;

  /** The span in which the change was recorded, as a W3C `traceparent`. */
  @Column({ update: false, name: 'trace_parent', type: 'text', nullable: true })
  traceParent!: string | null;

  /** Why the last attempt failed, with e-mail addresses masked. */
  @Column({ update: false, name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ update: false, name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
