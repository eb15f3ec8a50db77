import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Links made elsewhere, batches of a bulk create, and planned reissues. */
export class ImportAndPlan1764001000000 implements MigrationInterface {
  readonly name = 'ImportAndPlan1764001000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'ALTER TABLE payout_link ADD COLUMN batch_id text, ADD COLUMN imported_status text',
      'CREATE INDEX payout_link_batch ON payout_link (batch_id, created_at, id) WHERE batch_id IS NOT NULL',
      "CREATE INDEX payout_link_failed ON payout_link (updated_at) WHERE status IN ('FAILED', 'EXPIRED')",
      `CREATE TABLE payout_link_reissue_plan (
        payout_link_id uuid NOT NULL CONSTRAINT payout_link_reissue_plan_link REFERENCES payout_link (id) ON DELETE RESTRICT,
        seq integer NOT NULL,
        account text NOT NULL,
        failure_code text NOT NULL,
        attempt integer NOT NULL,
        max_attempts integer NOT NULL,
        due_at timestamptz NOT NULL,
        planned_at timestamptz NOT NULL,
        ended_at timestamptz,
        outcome text,
        reason text,
        next_attempt_at timestamptz NOT NULL,
        lease_fence integer NOT NULL DEFAULT 0,
        CONSTRAINT payout_link_reissue_plan_pkey PRIMARY KEY (payout_link_id, seq))`,
      'CREATE INDEX payout_link_reissue_plan_due ON payout_link_reissue_plan (next_attempt_at) WHERE ended_at IS NULL',
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'DROP TABLE payout_link_reissue_plan',
      'DROP INDEX payout_link_failed',
      'DROP INDEX payout_link_batch',
      'ALTER TABLE payout_link DROP COLUMN imported_status, DROP COLUMN batch_id',
    ]);
  }
}
