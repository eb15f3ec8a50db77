import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs and their reads. */
export class CreateReconciliation1764000100000 implements MigrationInterface {
  readonly name = 'CreateReconciliation1764000100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE payout_link_poll_pace, payout_link_reconciliation_read, payout_link_reconciliation_run',
    );
  }
}

const UP = [
  `CREATE TABLE payout_link_reconciliation_run (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_reconciliation_run_pkey PRIMARY KEY,
    account text NOT NULL,
    business_date date NOT NULL,
    status text NOT NULL,
    provisional boolean NOT NULL,
    slot_end timestamptz NOT NULL,
    as_of timestamptz,
    listed boolean NOT NULL,
    reading_number integer NOT NULL,
    key_refused integer,
    timezone text NOT NULL,
    language text NOT NULL,
    csv_delimiter text NOT NULL,
    result json,
    closing json,
    manifest_sha256 text,
    started_at timestamptz NOT NULL,
    finished_at timestamptz
  )`,
  `CREATE UNIQUE INDEX payout_link_reconciliation_run_slot
    ON payout_link_reconciliation_run (account, business_date)`,
  `CREATE TABLE payout_link_reconciliation_read (
    run_id bigint NOT NULL,
    payout_link_id uuid NOT NULL,
    position integer,
    watched boolean NOT NULL,
    attempts integer NOT NULL,
    outcome text,
    read_at timestamptz,
    last_read_at timestamptz,
    CONSTRAINT payout_link_reconciliation_read_pkey PRIMARY KEY (run_id, payout_link_id)
  )`,
  `CREATE INDEX payout_link_reconciliation_read_due ON payout_link_reconciliation_read (run_id, position)
    WHERE position IS NOT NULL AND outcome IS NULL`,
  `CREATE TABLE payout_link_poll_pace (
    account text CONSTRAINT payout_link_poll_pace_pkey PRIMARY KEY,
    next_turn_at timestamptz NOT NULL
  )`,
];
