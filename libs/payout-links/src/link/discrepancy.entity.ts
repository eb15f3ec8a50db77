import { Transform } from 'class-transformer';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { DiscrepancyType } from '../rules/discrepancy.js';
import { rupiah, rupiahInJson } from './columns.js';
import type { ObservationSource } from '../rules/observation.js';

/** One discrepancy between the stored link and the provider, for the reports. */
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

  @Column({ update: false, type: 'text' })
  type!: DiscrepancyType;

  @Column({ update: false, type: 'text' })
  account!: string;

  /** Null for a webhook that matched no link. */
  @Column({ update: false, name: 'payout_link_id', type: 'uuid', nullable: true })
  payoutLinkId!: string | null;

  @Column({ update: false, name: 'external_id', type: 'text', nullable: true })
  externalId!: string | null;

  @Column({ update: false, name: 'provider_id', type: 'text', nullable: true })
  providerId!: string | null;

  /** The link's version when it was found; the same discrepancy is stored once per version. */
  @Column({ update: false, name: 'link_version', type: 'integer' })
  linkVersion!: number;

  @Column({ update: false, name: 'local_value', type: 'text' })
  localValue!: string;

  @Column({ update: false, name: 'provider_value', type: 'text' })
  providerValue!: string;

  /** Whole rupiah: ours, or the amount in an unmatched webhook. */
  @Column({ update: false, type: 'bigint', nullable: true, transformer: rupiah })
  @Transform(({ value }) => rupiahInJson(value as bigint | null), { toPlainOnly: true })
  amount!: bigint | null;

  @Column({ update: false, type: 'text', nullable: true })
  currency!: string | null;

  @Column({ update: false, name: 'first_seen_at', type: 'timestamptz' })
  firstSeenAt!: Date;

  @Column({ update: false, name: 'detected_by', type: 'text' })
  detectedBy!: ObservationSource;

  /** When a later response agreed again; null until then. */
  @Column({ update: false, name: 'resolved_at', type: 'timestamptz', nullable: true })
  resolvedAt!: Date | null;

  /** For responses and logs, as `PayoutLink.toJSON`. */
  toJSON(): object {
    return Object.assign({}, this, { amount: rupiahInJson(this.amount) });
  }
}
