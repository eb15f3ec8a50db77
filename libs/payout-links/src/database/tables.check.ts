import { PAYOUT_LINKS_ENTITIES } from '../payout-links.entities.js';
import { PayoutLinksSetupError } from '../payout-links.errors.js';
import { columnNames, tableOf } from './entity-rows.js';
import type { PayoutLinksDatabase } from './payout-links.database.js';
import { inSchema } from './table-names.js';

/**
 * Checks that this version's migrations have run.
 * @throws PayoutLinksSetupError naming what is missing and how to create it
 */
export async function checkTables(database: PayoutLinksDatabase): Promise<void> {
  const tables = PAYOUT_LINKS_ENTITIES.map(tableOf);
  const rows = await database.query<{ table: string; columns: string[] | null }>(
    `SELECT "table", (
       SELECT json_agg(attname) FROM pg_attribute
       WHERE attrelid = to_regclass(qualified) AND attnum > 0 AND NOT attisdropped) AS columns
     FROM unnest($1::text[], $2::text[]) AS given ("table", qualified)`,
    [tables, tables.map((table) => inSchema(table, database.schema))],
  );
  const found = new Map(rows.map(({ table, columns }) => [table, columns ?? []]));
  const missing = PAYOUT_LINKS_ENTITIES.flatMap((entity) => {
    const table = tableOf(entity);
    const has = found.get(table)!;
    if (has.length === 0) return [table];
    return columnNames(entity)
      .filter((column) => !has.includes(column))
      .map((column) => `${table}.${column}`);
  });
  if (missing.length === 0) return;
  throw new PayoutLinksSetupError(
    `the database does not have ${missing.join(', ')}${database.schema === undefined ? '' : ` in the schema ${database.schema}`}:` +
      ' add ...PAYOUT_LINKS_MIGRATIONS to the migrations of the DataSource and run them',
  );
}
