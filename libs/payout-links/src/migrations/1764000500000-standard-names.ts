import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** Standard names: polls instead of checks, dead letters in the inbox as in the outbox. */
export class StandardNames1764000500000 implements MigrationInterface {
  readonly name = 'StandardNames1764000500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'ALTER TABLE payout_link RENAME COLUMN next_check_at TO next_poll_at',
      'ALTER TABLE payout_link RENAME COLUMN checks TO polls',
      'ALTER INDEX payout_link_next_check RENAME TO payout_link_next_poll',
      "UPDATE payout_link_delivery SET status = 'DEAD' WHERE status = 'SET_ASIDE'",
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      "UPDATE payout_link_delivery SET status = 'SET_ASIDE' WHERE status = 'DEAD'",
      'ALTER INDEX payout_link_next_poll RENAME TO payout_link_next_check',
      'ALTER TABLE payout_link RENAME COLUMN polls TO checks',
      'ALTER TABLE payout_link RENAME COLUMN next_poll_at TO next_check_at',
    ]);
  }
}
