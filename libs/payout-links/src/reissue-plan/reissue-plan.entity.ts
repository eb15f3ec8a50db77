import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { PayoutLink } from '../link/payout-link.entity.js';

/** How a plan ended: a new link was sent, a person cancelled it, or a guard refused it. */
export type ReissuePlanOutcome = 'SENT' | 'CANCELLED' | 'REFUSED';

/** A failure that is to be sent again automatically. */
@Entity({ name: 'payout_link_reissue_plan' })
@Index('payout_link_reissue_plan_due', ['nextAttemptAt'], { where: 'ended_at IS NULL' })
export class PayoutLinkReissuePlan {
  @PrimaryColumn({
    name: 'payout_link_id',
    type: 'uuid',
    primaryKeyConstraintName: 'payout_link_reissue_plan_pkey',
  })
  payoutLinkId!: string;

  @ManyToOne(() => PayoutLink, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'payout_link_id', foreignKeyConstraintName: 'payout_link_reissue_plan_link' })
  payoutLink?: Relation<PayoutLink>;

  /** The failure's number in the link's history. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'payout_link_reissue_plan_pkey' })
  seq!: number;

  @Column({ update: false, type: 'text' })
  account!: string;

  @Column({ update: false, name: 'failure_code', type: 'text' })
  failureCode!: string;

  /** The place in the chain of the link to be sent: 2 for the first retry. */
  @Column({ update: false, type: 'integer' })
  attempt!: number;

  /** Links of the chain at most. */
  @Column({ update: false, name: 'max_attempts', type: 'integer' })
  maxAttempts!: number;

  /** When it is to be sent. */
  @Column({ update: false, name: 'due_at', type: 'timestamptz' })
  dueAt!: Date;

  @Column({ update: false, name: 'planned_at', type: 'timestamptz' })
  plannedAt!: Date;

  /** Null while it stands. */
  @Column({ update: false, name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ update: false, type: 'text', nullable: true })
  outcome!: ReissuePlanOutcome | null;

  /** Why it ended, or why it waits; safe to show. */
  @Column({ update: false, type: 'text', nullable: true })
  reason!: string | null;

  /** When it is next tried; later while it is leased. */
  @Column({ update: false, name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  /** Counts the leases; only the holder of the latest one may write. */
  @Column({ update: false, name: 'lease_fence', type: 'integer', default: 0 })
  leaseFence!: number;
}
