import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `payout_link_rate_limit` and `next_permit_at` instead of `payout_link_poll_pace` and `next_turn_at`. */
export class RenameRateLimit1764000600000 implements MigrationInterface {
  readonly name = 'RenameRateLimit1764000600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE payout_link_poll_pace RENAME TO payout_link_rate_limit');
    await queryRunner.query(
      'ALTER TABLE payout_link_rate_limit RENAME COLUMN next_turn_at TO next_permit_at',
    );
    await queryRunner.query(
      'ALTER TABLE payout_link_rate_limit RENAME CONSTRAINT payout_link_poll_pace_pkey TO payout_link_rate_limit_pkey',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE payout_link_rate_limit RENAME CONSTRAINT payout_link_rate_limit_pkey TO payout_link_poll_pace_pkey',
    );
    await queryRunner.query(
      'ALTER TABLE payout_link_rate_limit RENAME COLUMN next_permit_at TO next_turn_at',
    );
    await queryRunner.query('ALTER TABLE payout_link_rate_limit RENAME TO payout_link_poll_pace');
  }
}
