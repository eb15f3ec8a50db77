import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Joins the trace of a webhook's request to its later processing and handlers, and indexes what metrics count. */
export class ObserveQueues1764000800000 implements MigrationInterface {
  readonly name = 'ObserveQueues1764000800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'ALTER TABLE payout_link_delivery ADD COLUMN trace_parent text',
      'ALTER TABLE payout_link_outbox ADD COLUMN trace_parent text',
      "CREATE INDEX payout_link_delivery_dead ON payout_link_delivery (account) WHERE status = 'DEAD'",
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'DROP INDEX payout_link_delivery_dead',
      'ALTER TABLE payout_link_outbox DROP COLUMN trace_parent',
      'ALTER TABLE payout_link_delivery DROP COLUMN trace_parent',
    ]);
  }
}
