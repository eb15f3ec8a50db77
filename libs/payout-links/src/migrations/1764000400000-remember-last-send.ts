import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** When an unconfirmed create was last sent again: for days after that the provider may have a young link for it. */
export class RememberLastSend1764000400000 implements MigrationInterface {
  readonly name = 'RememberLastSend1764000400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, ['ALTER TABLE payout_link ADD COLUMN last_sent_at timestamptz']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, ['ALTER TABLE payout_link DROP COLUMN last_sent_at']);
  }
}
