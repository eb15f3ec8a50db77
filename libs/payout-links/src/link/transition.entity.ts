import { Column, Entity, Index, ManyToOne, JoinColumn, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { PayoutLink } from './payout-link.entity.js';
import type { ObservationSource } from '../rules/observation.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** One change of a link's state: its source, when it took effect, and the provider's response. */
@Entity({ name: 'payout_link_transition' })
@Index('payout_link_transition_seq', ['payoutLinkId', 'seq'], { unique: true })
@Index('payout_link_transition_raw', ['recordedAt'], { where: 'raw IS NOT NULL' })
@Index('payout_link_transition_effective', ['account', 'effectiveAt'])
export class PayoutLinkTransition {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_transition_pkey',
  })
  id!: string;

  @Column({ update: false, name: 'payout_link_id', type: 'uuid' })
  payoutLinkId!: string;

  @ManyToOne(() => PayoutLink, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'payout_link_id', foreignKeyConstraintName: 'payout_link_transition_link' })
  payoutLink?: Relation<PayoutLink>;

  @Column({ update: false, type: 'text' })
  account!: string;

  /** 1 for the first change; the link's version after it. */
  @Column({ update: false, type: 'integer' })
  seq!: number;

  /** Null for the first change; equal to `to` when only the reason of a failure changed. */
  @Column({ update: false, name: 'from_status', type: 'text', nullable: true })
  from!: PayoutLinkStatus | null;

  @Column({ update: false, name: 'to_status', type: 'text' })
  to!: PayoutLinkStatus;

  @Column({ update: false, type: 'text' })
  source!: ObservationSource;

  @Column({ update: false, name: 'provider_status', type: 'text', nullable: true })
  providerStatus!: string | null;

  @Column({ update: false, name: 'failure_code', type: 'text', nullable: true })
  failureCode!: string | null;

  /** The link's details after this change: reports of a past date are built from the history alone. */
  @Column({ update: false, name: 'provider_id', type: 'text', nullable: true })
  providerId!: string | null;

  @Column({ update: false, name: 'provider_created_at', type: 'timestamptz', nullable: true })
  providerCreatedAt!: Date | null;

  @Column({ update: false, name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** The provider's time of the change, if given. */
  @Column({ update: false, name: 'occurred_at', type: 'timestamptz', nullable: true })
  occurredAt!: Date | null;

  /** When it took effect: never after it was recorded, never before the link's previous change. */
  @Column({ update: false, name: 'effective_at', type: 'timestamptz' })
  effectiveAt!: Date;

  /** When we recorded it, by the database's clock. */
  @Column({ update: false, name: 'recorded_at', type: 'timestamptz' })
  recordedAt!: Date;

  /** The provider's raw response; null without one. */
  @Column({ update: false, type: 'json', nullable: true })
  raw!: unknown;
}
