import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { FindingType } from '../rules/decide.js';
import { rupiah } from './columns.js';
import type { ObservationSource } from '../rules/observation.js';

/** One disagreement between what we hold and what the provider says, kept for the reports. */
@Entity({ name: 'payout_link_discrepancy' })
@Index(
  'payout_link_discrepancy_once',
  ['payoutLinkId', 'type', 'linkVersion', 'localValue', 'providerValue'],
  {
    unique: true,
    where: 'resolved_at IS NULL',
  },
)
@Index('payout_link_discrepancy_unmatched', ['account', 'localValue'], {
  unique: true,
  where: 'payout_link_id IS NULL',
})
@Index('payout_link_discrepancy_seen', ['account', 'firstSeenAt'])
export class PayoutLinkDiscrepancy {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_discrepancy_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  type!: FindingType;

  @Column({ type: 'text' })
  account!: string;

  /** Null for a webhook that matched no link of ours. */
  @Column({ name: 'payout_link_id', type: 'uuid', nullable: true })
  payoutLinkId!: string | null;

  @Column({ name: 'external_id', type: 'text', nullable: true })
  externalId!: string | null;

  @Column({ name: 'provider_id', type: 'text', nullable: true })
  providerId!: string | null;

  /** The link's version when it was found: the same finding is kept once for each. */
  @Column({ name: 'link_version', type: 'integer' })
  linkVersion!: number;

  @Column({ name: 'local_value', type: 'text' })
  localValue!: string;

  @Column({ name: 'provider_value', type: 'text' })
  providerValue!: string;

  /** Whole rupiah: ours, or what an unmatched webhook speaks of. */
  @Column({ type: 'bigint', nullable: true, transformer: rupiah })
  amount!: bigint | null;

  @Column({ type: 'text', nullable: true })
  currency!: string | null;

  @Column({ name: 'first_seen_at', type: 'timestamptz' })
  firstSeenAt!: Date;

  @Column({ name: 'detected_by', type: 'text' })
  detectedBy!: ObservationSource;

  /** When a later answer agreed again; null while it holds. */
  @Column({ name: 'resolved_at', type: 'timestamptz', nullable: true })
  resolvedAt!: Date | null;
}
