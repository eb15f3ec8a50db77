import type { StageDatabase } from './stage.js';

/** Fills tables faster: their indexes go before and come back after, as they were. Constraints stay. */
export async function bulkLoad(
  database: StageDatabase,
  tables: readonly string[],
  load: () => Promise<void>,
): Promise<void> {
  const indexes = await database.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ANY ($1::text[]::regclass[])
       AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)`,
    [tables],
  );
  for (const { name } of indexes) await database.query(`DROP INDEX ${name}`);
  await load();
  await database.query("SET maintenance_work_mem = '512MB'");
  for (const { definition } of indexes) await database.query(definition);
  await database.query('VACUUM ANALYZE');
}
