import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * An operator's decision that a failure will not be paid again. It applies to the failure the link had then; after
 * another change of the link, a new failure is not written off.
 */
@Entity({ name: 'payout_link_write_off' })
@Index('payout_link_write_off_account', ['account', 'writtenOffAt'])
export class PayoutLinkWriteOff {
  @PrimaryColumn({
    name: 'payout_link_id',
    type: 'uuid',
    primaryKeyConstraintName: 'payout_link_write_off_pkey',
  })
  payoutLinkId!: string;

  /** The link's version at that time. */
  @PrimaryColumn({
    name: 'link_version',
    type: 'integer',
    primaryKeyConstraintName: 'payout_link_write_off_pkey',
  })
  linkVersion!: number;

  @Column({ update: false, type: 'text' })
  account!: string;

  @Column({ update: false, type: 'text' })
  reason!: string;

  @Column({ update: false, name: 'written_off_at', type: 'timestamptz' })
  writtenOffAt!: Date;
}
