import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { BusinessDate } from '../slot/business-date.js';
import type { DecisionWord } from '../report/decision-word.js';

/** What an accountant decided about a failure. Who gave the file is not known. */
@Entity({ name: 'payout_link_decision' })
@Index('payout_link_decision_once', ['payoutLinkId', 'fileSha256', 'refused'], { unique: true })
export class Decision {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'payout_link_decision_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  account!: string;

  /** Of the report set that was decided on. */
  @Column({ name: 'business_date', type: 'date' })
  businessDate!: BusinessDate;

  @Column({ name: 'payout_link_id', type: 'uuid' })
  payoutLinkId!: string;

  @Column({ type: 'text' })
  word!: DecisionWord;

  /** Empty when none was given. */
  @Column({ type: 'text' })
  note!: string;

  /** Of the file, in lower-case hex. */
  @Column({ name: 'file_sha256', type: 'text' })
  fileSha256!: string;

  /** It was not carried out: a guard refused it. Given again later, it may take effect, as another row. */
  @Column({ type: 'boolean' })
  refused!: boolean;

  @Column({ name: 'decided_at', type: 'timestamptz' })
  decidedAt!: Date;
}
