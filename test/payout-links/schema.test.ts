import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import * as library from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const DUMP = new URL('../../libs/payout-links/schema.sql', import.meta.url);

describe('the schema of the library', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...PAYOUT_LINKS_ENTITIES],
      migrations: [...PAYOUT_LINKS_MIGRATIONS],
    }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is the one in schema.sql (UPDATE_SCHEMA=1 writes it)', async () => {
    const dump = await dumpSchema(database);
    if (process.env.UPDATE_SCHEMA) await writeFile(DUMP, dump);
    expect(dump).toBe(await readFile(DUMP, 'utf8'));
  });

  it('is what the entities say', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('is created without the index of the search where the extension may not be created', async () => {
    const owner = `owner_${randomUUID().slice(0, 8)}`;
    const limited = await createTestDatabase([]);
    await limited.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'secret'`);
    await limited.query(`CREATE SCHEMA payments AUTHORIZATION ${owner}`);
    const url = new URL(limited.url);
    url.username = owner;
    url.password = 'secret';
    const migrated = await new DataSource({
      type: 'postgres',
      url: url.href,
      schema: 'payments',
      migrations: [...PAYOUT_LINKS_MIGRATIONS],
    }).initialize();
    await migrated.runMigrations();
    const indexes = await limited.query<{ indexname: string }>(
      "SELECT indexname FROM pg_indexes WHERE schemaname = 'payments' AND indexname LIKE 'payout_link%'",
    );
    for (const _ of PAYOUT_LINKS_MIGRATIONS) await migrated.undoLastMigration();
    await migrated.destroy();
    await limited.query(`DROP OWNED BY ${owner}`);
    await limited.query(`DROP ROLE ${owner}`);
    await limited.drop();
    const names = indexes.map(({ indexname }) => indexname);
    expect(names).toContain('payout_link_delivery_listed');
    expect(names).not.toContain('payout_link_search');
  });

  it('has the index of the search wherever the extension is', async () => {
    const elsewhere = await createTestDatabase([]);
    await elsewhere.query('CREATE SCHEMA "Ext s"');
    await elsewhere.query('CREATE EXTENSION pg_trgm SCHEMA "Ext s"');
    const migrated = await new DataSource({
      type: 'postgres',
      url: elsewhere.url,
      migrations: [...PAYOUT_LINKS_MIGRATIONS],
    }).initialize();
    await migrated.runMigrations();
    const found = await elsewhere.query("SELECT 1 FROM pg_indexes WHERE indexname = 'payout_link_search'");
    await migrated.destroy();
    await elsewhere.drop();
    expect(found).toHaveLength(1);
  });

  it('goes away with its migrations', async () => {
    for (const _ of PAYOUT_LINKS_MIGRATIONS) await dataSource.undoLastMigration();
    expect(await database.query("SELECT 1 FROM pg_tables WHERE tablename LIKE 'payout_link%'")).toEqual([]);
    await dataSource.runMigrations();
  });
});

describe('the entry point of the library', () => {
  it('exports these names', () => {
    expect(Object.keys(library).toSorted()).toMatchInlineSnapshot(`
     [
       "AbandonPayoutLink",
       "AbandonRefusedError",
       "AdoptPayoutLink",
       "AdoptRefusedError",
       "AuthenticationError",
       "CancelReissuePlan",
       "CreatePayoutLink",
       "DEFAULT_ACCOUNT",
       "DEFAULT_POLL_SCHEDULE",
       "DuplicatePayoutError",
       "FAILED_STATUSES",
       "FAILURE_CATALOGUE",
       "ImportPayoutLink",
       "InsufficientBalanceError",
       "InvalidPayoutLinkError",
       "ListPayoutLinks",
       "OPEN_STATUSES",
       "OnPayoutLink",
       "PAYOUT_LINKS_ENTITIES",
       "PAYOUT_LINKS_MIGRATIONS",
       "PayoutLink",
       "PayoutLinkDelivery",
       "PayoutLinkDiscrepancy",
       "PayoutLinkHandlerError",
       "PayoutLinkNotFoundError",
       "PayoutLinkNotVoidableError",
       "PayoutLinkOutboxTask",
       "PayoutLinkReissuePlan",
       "PayoutLinkStatus",
       "PayoutLinkTransition",
       "PayoutLinkWriteOff",
       "PayoutLinksAccountOptions",
       "PayoutLinksAutoReissueOptions",
       "PayoutLinksError",
       "PayoutLinksExceptionFilter",
       "PayoutLinksModule",
       "PayoutLinksService",
       "PayoutLinksSetupError",
       "PayoutRejectedError",
       "PermissionError",
       "ProviderError",
       "ProviderUnavailableError",
       "RateLimitedError",
       "ReissuePayoutLink",
       "ReissueRefusedError",
       "UnexpectedResponseError",
       "WEBHOOK_PATH",
       "WriteOffPayoutLink",
       "WriteOffRefusedError",
       "adviseOnFailure",
     ]
    `);
  });
});

/** Tables, columns, constraints and indexes as PostgreSQL prints them, in a stable order. */
async function dumpSchema(database: TestDatabase): Promise<string> {
  const columns = await database.query<{ table: string; definition: string }>(
    `SELECT relname AS table,
       '  ' || attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END ||
         CASE attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END ||
         coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '') AS definition
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE relkind = 'r' AND relname LIKE 'payout_link%' AND attnum > 0 AND NOT attisdropped
     ORDER BY relname COLLATE "C", attnum`,
  );
  const constraints = await database.query<{ table: string; definition: string }>(
    `SELECT relname AS table, '  CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE relname LIKE 'payout_link%' AND contype <> 'n' ORDER BY conname COLLATE "C"`,
  );
  const indexes = await database.query<{ table: string; definition: string }>(
    `SELECT tablename AS table, indexdef AS definition FROM pg_indexes
     WHERE tablename LIKE 'payout_link%'
       AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname COLLATE "C"`,
  );
  const of = (rows: { table: string; definition: string }[], table: string) =>
    rows.filter((row) => row.table === table).map(({ definition }) => definition);
  return [...new Set(columns.map(({ table }) => table))]
    .map((table) => {
      const body = [...of(columns, table), ...of(constraints, table)].join(',\n');
      return [
        `CREATE TABLE ${table} (\n${body}\n);`,
        ...of(indexes, table).map((index) => `${index};`),
        '',
      ].join('\n');
    })
    .join('\n');
}
