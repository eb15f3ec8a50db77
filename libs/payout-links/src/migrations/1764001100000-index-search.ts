import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runInSchema } from './run-in-schema.js';

/**
 * Indexes what people search: part of an external id or e-mail address, and deliveries that need attention. The search
 * needs the extension `pg_trgm`. Where the migration's user may not create or use it, a search reads the links in order,
 * newest first; the index can be added later by hand.
 */
export class IndexSearch1764001100000 implements MigrationInterface {
  readonly name = 'IndexSearch1764001100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      "CREATE INDEX payout_link_delivery_listed ON payout_link_delivery (status, id) WHERE status IN ('DEAD', 'UNMATCHED')",
      `DO $do$
      DECLARE operators text;
      BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        SELECT format('%I.gin_trgm_ops', nspname) INTO operators
        FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
        EXECUTE $sql$CREATE INDEX payout_link_search ON payout_link USING gin (external_id $sql$ || operators
          || ', email ' || operators || ')';
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'payout links are searched without an index: %', SQLERRM;
      END $do$`,
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runInSchema(queryRunner, [
      'DROP INDEX IF EXISTS payout_link_search',
      'DROP INDEX payout_link_delivery_listed',
    ]);
  }
}
