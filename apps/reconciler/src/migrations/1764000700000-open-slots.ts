import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Slots that stay open for late reads, both roll-forwards and the balance of each slot, why a link had no response, and
 * the decisions of accountants.
 */
export class OpenSlots1764000700000 implements MigrationInterface {
  readonly name = 'OpenSlots1764000700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `ALTER TABLE payout_link_reconciliation_run
    ADD COLUMN sealed boolean NOT NULL DEFAULT false, ADD COLUMN roll_forward json,
    ADD COLUMN balance bigint, ADD COLUMN balance_at timestamptz, ADD COLUMN next_timezone text`,
  'ALTER TABLE payout_link_reconciliation_run ALTER COLUMN sealed DROP DEFAULT',
  `UPDATE payout_link_reconciliation_run SET sealed = as_of IS NOT NULL AND NOT provisional, roll_forward = (
    SELECT json_object_agg(key, json_build_object('closing', value)) FROM json_each(closing))`,
  'ALTER TABLE payout_link_reconciliation_run DROP COLUMN closing',
  'ALTER TABLE payout_link_reconciliation_read ADD COLUMN reason text',
  `CREATE TABLE payout_link_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_link_decision_pkey PRIMARY KEY,
    account text NOT NULL,
    business_date date NOT NULL,
    payout_link_id uuid NOT NULL,
    word text NOT NULL,
    note text NOT NULL,
    file_sha256 text NOT NULL,
    refused boolean NOT NULL,
    decided_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX payout_link_decision_once ON payout_link_decision (payout_link_id, file_sha256, refused)`,
];

const DOWN = [
  'DROP TABLE payout_link_decision',
  'ALTER TABLE payout_link_reconciliation_read DROP COLUMN reason',
  'ALTER TABLE payout_link_reconciliation_run ADD COLUMN closing json',
  `UPDATE payout_link_reconciliation_run SET closing = (
    SELECT json_object_agg(key, value->'closing') FROM json_each(roll_forward))`,
  `ALTER TABLE payout_link_reconciliation_run
    DROP COLUMN next_timezone, DROP COLUMN sealed, DROP COLUMN roll_forward, DROP COLUMN balance, DROP COLUMN balance_at`,
];
