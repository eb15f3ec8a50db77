import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The result of a poll: a response, a definite “no such link”, or nothing usable. */
export type ReadOutcome = 'READ' | 'MISSING' | 'UNREACHABLE';

/** One link in one slot: whether it had to be polled, when it was and with what outcome. */
@Entity({ name: 'payout_link_reconciliation_read' })
@Index('payout_link_reconciliation_read_due', ['runId', 'position'], {
  where: 'position IS NOT NULL AND outcome IS NULL',
})
export class SlotRead {
  @PrimaryColumn({
    name: 'run_id',
    type: 'bigint',
    primaryKeyConstraintName: 'payout_link_reconciliation_read_pkey',
  })
  runId!: string;

  @PrimaryColumn({
    name: 'payout_link_id',
    type: 'uuid',
    primaryKeyConstraintName: 'payout_link_reconciliation_read_pkey',
  })
  payoutLinkId!: string;

  /** Its position in the polling order; null for a link that did not have to be polled. */
  @Column({ type: 'integer', nullable: true })
  position!: number | null;

  /** Polled again for a reversal, or for a late success after it was replaced; it was not open. */
  @Column({ type: 'boolean' })
  watched!: boolean;

  /** Polls without a usable response. */
  @Column({ type: 'integer' })
  attempts!: number;

  @Column({ type: 'text', nullable: true })
  outcome!: ReadOutcome | null;

  /** Why the last poll had no usable response: `timeout`, `connection`, `http 500`, … */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ name: 'read_at', type: 'timestamptz', nullable: true })
  readAt!: Date | null;

  /** When the provider had last returned a usable response about it, as of closing the slot. */
  @Column({ name: 'last_read_at', type: 'timestamptz', nullable: true })
  lastReadAt!: Date | null;
}
