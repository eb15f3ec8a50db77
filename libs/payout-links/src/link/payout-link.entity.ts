import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Transform } from 'class-transformer';
import { entityOf } from '../database/entity-rows.js';
import { rupiah, rupiahInJson } from './columns.js';
import { PayoutLinkStatus } from '../rules/payout-link.status.js';

/**
 * A payout link. Only the recorder changes its state, and every change has a row in its history. Saving an entity
 * writes `metadata` alone: a copy that was read earlier would otherwise overwrite a newer state.
 */
@Entity({ name: 'payout_link' })
@Index('payout_link_external_id', ['account', 'externalId'], { unique: true })
@Index('payout_link_provider_id', ['account', 'providerId'], {
  unique: true,
  where: 'provider_id IS NOT NULL',
})
@Index('payout_link_disbursement_id', ['account', 'disbursementId'], { where: 'disbursement_id IS NOT NULL' })
@Index('payout_link_created', ['createdAt', 'id'])
@Index('payout_link_status', ['status', 'createdAt', 'id'])
@Index('payout_link_paid', ['account', 'statusAt'], { where: "status = 'SUCCEEDED'" })
@Index('payout_link_next_poll', ['nextPollAt'], { where: 'next_poll_at IS NOT NULL' })
@Index('payout_link_batch', ['batchId', 'createdAt', 'id'], { where: 'batch_id IS NOT NULL' })
@Index('payout_link_failed', ['updatedAt'], { where: "status IN ('FAILED', 'EXPIRED')" })
@Index('payout_link_search', { synchronize: false })
@Index('payout_link_reissue_of', ['reissueOf'], { unique: true })
@Index('payout_link_chain', ['chainId', 'attempt'], { unique: true })
@Check('payout_link_amount_positive', 'amount > 0')
export class PayoutLink {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'payout_link_pkey' })
  id!: string;

  /** Name of the provider account that pays. @default 'default' */
  @Column({ update: false, type: 'text' })
  account!: string;

  @Column({ update: false, name: 'external_id', type: 'text' })
  externalId!: string;

  /** Whole rupiah. */
  @Column({ update: false, type: 'bigint', transformer: rupiah })
  @Transform(({ value }) => rupiahInJson(value as bigint), { toPlainOnly: true })
  amount!: bigint;

  @Column({ update: false, type: 'text' })
  currency!: string;

  @Column({ update: false, type: 'text' })
  email!: string;

  /** The host's own data; never sent to the provider. */
  @Column({ type: 'json', nullable: true })
  metadata!: Record<string, unknown> | null;

  /** `metadata.batchId`: what a bulk create has in common. */
  @Column({ update: false, name: 'batch_id', type: 'text', nullable: true })
  batchId!: string | null;

  @Column({ update: false, type: 'text' })
  status!: PayoutLinkStatus;

  /** The status that it had when it was imported; null for a link created here. */
  @Column({ update: false, name: 'imported_status', type: 'text', nullable: true })
  importedStatus!: PayoutLinkStatus | null;

  /** Counts the changes of state: the number of rows in the link's history. */
  @Column({ update: false, type: 'integer' })
  version!: number;

  /** When the current status took effect. */
  @Column({ update: false, name: 'status_at', type: 'timestamptz' })
  statusAt!: Date;

  /** The provider's id; null until the provider confirmed the create. */
  @Column({ update: false, name: 'provider_id', type: 'text', nullable: true })
  providerId!: string | null;

  /** The provider's last accepted status word. */
  @Column({ update: false, name: 'provider_status', type: 'text', nullable: true })
  providerStatus!: string | null;

  @Column({ update: false, name: 'failure_code', type: 'text', nullable: true })
  failureCode!: string | null;

  /** Where the recipient claims; kept when a later response lacks it. */
  @Column({ update: false, name: 'payout_url', type: 'text', nullable: true })
  payoutUrl!: string | null;

  @Column({ update: false, name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** The bank transfer of a claimed link. */
  @Column({ update: false, name: 'disbursement_id', type: 'text', nullable: true })
  disbursementId!: string | null;

  /** When the link was created, by the provider's clock. */
  @Column({ update: false, name: 'provider_created_at', type: 'timestamptz', nullable: true })
  providerCreatedAt!: Date | null;

  /** When the recipient claimed it, by the provider's clock; null where the provider gave no time. */
  @Column({ update: false, name: 'claimed_at', type: 'timestamptz', nullable: true })
  claimedAt!: Date | null;

  /** Counts the leases on a running create; only the holder of the latest one may write its outcome. */
  @Column({ update: false, name: 'lease_fence', type: 'integer' })
  leaseFence!: number;

  @Column({ update: false, name: 'lease_expires_at', type: 'timestamptz', nullable: true })
  leaseExpiresAt!: Date | null;

  /** When an unconfirmed create was last sent again; null otherwise. */
  @Column({ update: false, name: 'last_sent_at', type: 'timestamptz', nullable: true })
  lastSentAt!: Date | null;

  /** When we asked the provider to void it; null again when the provider refused. */
  @Column({ update: false, name: 'void_requested_at', type: 'timestamptz', nullable: true })
  voidRequestedAt!: Date | null;

  /** When the provider last returned a usable response about it. */
  @Column({ update: false, name: 'last_read_at', type: 'timestamptz', nullable: true })
  lastReadAt!: Date | null;

  /** When it is due for a poll by `pollSchedule`; null when no poll is scheduled. */
  @Column({ update: false, name: 'next_poll_at', type: 'timestamptz', nullable: true })
  nextPollAt!: Date | null;

  /** Scheduled polls since the current status took effect. */
  @Column({ update: false, type: 'integer' })
  polls!: number;

  /** The link that this one replaces: at most one successor each. */
  @Column({ update: false, name: 'reissue_of', type: 'uuid', nullable: true })
  reissueOf!: string | null;

  @ManyToOne(() => PayoutLink)
  @JoinColumn({ name: 'reissue_of', foreignKeyConstraintName: 'payout_link_reissue_of_link' })
  replaces?: Relation<PayoutLink>;

  @Column({ update: false, name: 'reissue_reason', type: 'text', nullable: true })
  reissueReason!: string | null;

  /** The first link of the chain of replacements; its own id when it replaced none. */
  @Column({ update: false, name: 'chain_id', type: 'uuid' })
  chainId!: string;

  /** 1 for the first link of a chain. */
  @Column({ update: false, type: 'integer' })
  attempt!: number;

  /** When its recipient was redacted; null otherwise. */
  @Column({ update: false, name: 'redacted_at', type: 'timestamptz', nullable: true })
  redactedAt!: Date | null;

  @Column({ update: false, name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ update: false, name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  /** For responses and logs: JSON has no `bigint`, so `amount` is a number while that is exact, else a string. */
  toJSON(): PayoutLinkJson {
    return Object.assign({}, this, { amount: rupiahInJson(this.amount) });
  }
}

/** A payout link as `JSON.stringify` writes it, before its times become strings. */
export type PayoutLinkJson = Omit<PayoutLink, 'amount' | 'toJSON'> & { amount: number | string };

/** A link from a raw row of its table, faster than a TypeORM repository's. */
export function linkOfRow(row: Readonly<Record<string, unknown>>): PayoutLink {
  return entityOf(PayoutLink, row);
}
