import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TolerantClient } from 'app-runtime';
import pg from 'pg';
import { readBatches } from '../../apps/reconciler/src/report/read-batches.js';
import { HostileDatabase } from '../attacks/hostile-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const NUMBERS = 'SELECT number FROM generate_series(1, $1::int) AS number';

describe('rows that are read in batches', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await createTestDatabase([]);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const isUsable = async () => expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);

  it.each([0, 1, 999, 1_000, 1_001, 3_500])('are all rows in order: %d', async (count) => {
    const read: number[] = [];
    for await (const rows of readBatches<{ number: number }>(client, NUMBERS, [count]))
      read.push(...rows.map(({ number }) => number));
    expect(read).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    await isUsable();
  });

  it('leave a usable connection when the caller wants no more, or fails', async () => {
    for await (const rows of readBatches(client, NUMBERS, [5_000])) if (rows.length > 0) break;
    await isUsable();
    const failing = async () => {
      for await (const rows of readBatches(client, NUMBERS, [5_000])) throw new Error(`${rows.length} rows`);
    };
    await expect(failing()).rejects.toThrow('1000 rows');
    await isUsable();
  });

  it('fail with the query’s error, also when it fails while the caller is busy', async () => {
    const failing = async () => {
      const sql = 'SELECT 1 / (1500 - number) AS part FROM generate_series(1, $1::int) AS number';
      for await (const _ of readBatches(client, sql, [5_000])) await backendIsIdle();
    };
    await expect(failing()).rejects.toThrow('division by zero');
    await isUsable();
    await expect(readBatches(client, 'SELECT nothing', []).next()).rejects.toThrow('does not exist');
    await isUsable();
  });

  it.each(['lost before', 'lost after'] as const)(
    'fail when the connection is %s any message of the cursor, however far the caller is',
    async (attack) => {
      const hostile = await HostileDatabase.before(database.url);
      const outcomes = new Set<string>();
      for (const wanted of [1, 2, Infinity]) {
        for (const count of [0, 500, 1_000, 2_500]) {
          for (let at = 1; at <= 6; at += 1) {
            const lossy = new TolerantClient({ connectionString: hostile.url });
            await lossy.connect();
            let [sent, batches, read] = [0, 0, 0];
            hostile.onStatement = () => ((sent += 1) === at ? attack : null);
            try {
              for await (const rows of readBatches(lossy, NUMBERS, [count])) {
                read += rows.length;
                if ((batches += 1) === wanted) break;
              }
              outcomes.add('all that was wanted');
              expect(read).toBe(Math.min(count, wanted * 1_000));
            } catch (error) {
              outcomes.add((error as Error).message);
            }
            await lossy.end();
          }
        }
      }
      expect([...outcomes].toSorted()).toEqual(['Connection terminated unexpectedly', 'all that was wanted']);
      await hostile.close();
    },
  );

  /** The failed batch was fetched in advance, and its error has been sent. */
  const backendIsIdle = () =>
    until('the query has failed', async () => {
      const [row] = await database.query<{ state: string }>(
        'SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      return row!.state === 'idle';
    });
});
