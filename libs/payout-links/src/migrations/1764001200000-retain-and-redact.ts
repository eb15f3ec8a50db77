import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/** What a retention deletes, redacted people, and unmatched deliveries found by the ids that they name. */
export class RetainAndRedact1764001200000 implements MigrationInterface {
  readonly name = 'RetainAndRedact1764001200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'ALTER TABLE payout_link ADD COLUMN redacted_at timestamptz',
      'ALTER TABLE payout_link_delivery ADD COLUMN external_id text, ADD COLUMN provider_id text',
      `UPDATE payout_link_delivery AS delivery SET external_id = unmatched.external_id, provider_id = unmatched.provider_id
        FROM payout_link_discrepancy AS unmatched
        WHERE unmatched.payout_link_id IS NULL AND unmatched.local_value = 'delivery ' || delivery.id`,
      `CREATE INDEX payout_link_delivery_of_external_id ON payout_link_delivery (account, external_id)
        WHERE status = 'UNMATCHED'`,
      `CREATE INDEX payout_link_delivery_of_provider_id ON payout_link_delivery (account, provider_id)
        WHERE status = 'UNMATCHED'`,
      'CREATE INDEX payout_link_transition_raw ON payout_link_transition (recorded_at) WHERE raw IS NOT NULL',
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'DROP INDEX payout_link_transition_raw',
      'ALTER TABLE payout_link_delivery DROP COLUMN external_id, DROP COLUMN provider_id',
      'ALTER TABLE payout_link DROP COLUMN redacted_at',
    ]);
  }
}
