import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Paid links by when they were paid: the nightly watch for reversals asks for the last fortnight's. */
export class IndexPaidLinks1764000200000 implements MigrationInterface {
  readonly name = 'IndexPaidLinks1764000200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      "CREATE INDEX payout_link_paid ON payout_link (account, status_at) WHERE status = 'SUCCEEDED'",
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, ['DROP INDEX payout_link_paid']);
  }
}
