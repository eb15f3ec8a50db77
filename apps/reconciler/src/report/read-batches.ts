import type pg from 'pg';
import Cursor from 'pg-cursor';

const ROWS_AT_A_TIME = 1_000;

/** Reads a query's rows through a cursor; the next ones are fetched while the caller uses the last. */
export async function* readBatches<Row>(
  client: pg.ClientBase,
  sql: string,
  parameters: unknown[],
): AsyncGenerator<Row[], void, void> {
  const cursor = client.query(new Cursor<Row>(sql, parameters));
  let next = cursor.read(ROWS_AT_A_TIME);
  try {
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = cursor.read(ROWS_AT_A_TIME);
      // Its error belongs to the caller only once it is awaited.
      next.catch(() => undefined);
      yield rows;
    }
  } finally {
    await next.catch(() => undefined);
    await cursor.close();
  }
}
