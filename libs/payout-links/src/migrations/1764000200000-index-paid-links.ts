import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Index on paid links by the time they were paid: the nightly run polls those of the last fortnight for reversals. */
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
