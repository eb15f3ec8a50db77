import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Fences the leases of deliveries and tasks: a process that lost its lease can no longer change the row. */
export class FenceLeases1764000300000 implements MigrationInterface {
  readonly name = 'FenceLeases1764000300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'ALTER TABLE payout_link_delivery ADD COLUMN lease_fence integer NOT NULL DEFAULT 0',
      'ALTER TABLE payout_link_outbox ADD COLUMN lease_fence integer NOT NULL DEFAULT 0',
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'ALTER TABLE payout_link_outbox DROP COLUMN lease_fence',
      'ALTER TABLE payout_link_delivery DROP COLUMN lease_fence',
    ]);
  }
}
