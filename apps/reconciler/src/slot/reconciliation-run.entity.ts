import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { BusinessDate } from './business-date.js';
import type { SlotResult, StoredLines } from './slot-result.js';

/** Progress of a slot: being polled, or its report set written. */
export type RunStatus = 'RUNNING' | 'FINISHED';

/** The reconciliation of one slot: one account and one business date. */
@Entity({ name: 'payout_link_reconciliation_run' })
@Index('payout_link_reconciliation_run_slot', ['account', 'businessDate'], { unique: true })
export class ReconciliationRun {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_reconciliation_run_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  account!: string;

  @Column({ name: 'business_date', type: 'date' })
  businessDate!: BusinessDate;

  @Column({ type: 'text' })
  status!: RunStatus;

  /** The date was not over when the run started: its end is its as-of. */
  @Column({ type: 'boolean' })
  provisional!: boolean;

  /**
   * Its reads are over: it is not run again, and later slots build on it. Not sealed: provisional, or some links have
   * no usable response yet.
   */
  @Column({ type: 'boolean' })
  sealed!: boolean;

  /** Midnight after the business date; for a provisional slot the time its polls were finished. */
  @Column({ name: 'slot_end', type: 'timestamptz' })
  slotEnd!: Date;

  /** The time its polls were finished; null until then. */
  @Column({ name: 'as_of', type: 'timestamptz', nullable: true })
  asOf!: Date | null;

  /** Whether its links are determined: a continued run does not query them again. */
  @Column({ type: 'boolean' })
  listed!: boolean;

  /** Counts the attempts: jobs of an earlier, killed attempt are ignored. */
  @Column({ name: 'reading_number', type: 'integer' })
  readingNumber!: number;

  /** The HTTP status with which the provider refused the account's key; polling stops then. */
  @Column({ name: 'key_refused', type: 'integer', nullable: true })
  keyRefused!: number | null;

  @Column({ type: 'text' })
  timezone!: string;

  /** Another time zone that an operator accepted for the slots after it. */
  @Column({ name: 'next_timezone', type: 'text', nullable: true })
  nextTimezone!: string | null;

  @Column({ type: 'text' })
  language!: 'en' | 'id';

  @Column({ name: 'csv_delimiter', type: 'text' })
  csvDelimiter!: ',' | ';';

  @Column({ type: 'json', nullable: true })
  result!: SlotResult | null;

  /** Its roll-forwards: the next slot's openings, and the trend of later pages. */
  @Column({ name: 'roll_forward', type: 'json', nullable: true })
  rollForward!: StoredLines | null;

  /** Of the manifest file, in lower-case hex; the next slot's manifest names it. */
  @Column({ name: 'manifest_sha256', type: 'text', nullable: true })
  manifestSha256!: string | null;

  /** The account's balance when the slot was closed, in whole rupiah; null when it is not known. */
  @Column({ type: 'bigint', nullable: true })
  balance!: string | null;

  @Column({ name: 'balance_at', type: 'timestamptz', nullable: true })
  balanceAt!: Date | null;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
