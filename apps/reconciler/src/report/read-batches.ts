import type pg from 'pg';
import Cursor from 'pg-cursor';

const ROWS_AT_A_TIME = 1_000;

/**
 * Reads a query's rows through a cursor; the next ones are fetched while the caller uses the last. The client can be used
 * again when the iteration has ended, however it ended.
 */
export async function* readBatches<Row>(
  client: pg.ClientBase,
  sql: string,
  parameters: unknown[],
): AsyncGenerator<Row[], void, void> {
  // A cursor whose connection is lost after its last row, or which failed before it is closed, would wait for ever.
  let lost: Error | undefined;
  let giveUp: (error: Error) => void = () => undefined;
  const onEnd = () => giveUp((lost = new Error('Connection terminated unexpectedly')));
  const whileConnected = <T>(work: Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      giveUp = reject;
      if (lost) reject(lost);
      work.then(resolve, reject);
    });
  client.once('end', onEnd);
  const cursor = client.query(new Cursor<Row>(sql, parameters));
  let failed = false;
  const fetch = () => {
    const rows = whileConnected(cursor.read(ROWS_AT_A_TIME));
    // It may fail while the caller is busy; the caller gets the error when it asks for the rows.
    rows.catch(() => (failed = true));
    return rows;
  };
  let next = fetch();
  try {
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = fetch();
      yield rows;
    }
  } finally {
    await next.catch(() => undefined);
    // A cursor that failed has ended. That the connection is lost is noticed by its next statement.
    if (!failed) await whileConnected(cursor.close()).catch(() => undefined);
    client.off('end', onEnd);
  }
}
