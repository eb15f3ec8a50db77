import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RECONCILER_MIGRATIONS } from '../../../apps/reconciler/dist/migrations/index.js';
import { bulkLoad } from '../bulk-load.js';
import { alternate, type Benchmark } from '../benchmark.js';
import { compare } from '../measure.js';
import { Program } from '../program.js';
import type { Timed } from '../reconciler.js';
import { compareSpeed, speedOf, type Speed } from '../speed.js';
import type { BenchStage, StageDatabase } from '../stage.js';
import { insertClosedSlot } from './closed-slot.js';

const FEW = { small: 10_000, full: 100_000 };
const MANY = { small: 100_000, full: 1_000_000 };
const MEGABYTE = 1_000_000;

/** From the query to the flushed file, each time in a separate process. */
export const failuresCsv: Benchmark = {
  name: 'failures-csv',
  title: 'writing failures.csv, against pg-query-stream into csv-stringify: its own query, and a plain table',
  measure: async (stage, plan) => {
    const file = join(await stage.folder(), 'failures.csv');
    const write = async (name: string, { url }: StageDatabase, rows = MANY[plan.size]): Promise<Written> => {
      const program = await Program.start(name, { databaseUrl: url, file });
      let peakBytes = 0;
      const speed = await speedOf(rows, async () => {
        const took = await program.call<Timed>('write');
        peakBytes = took.peakBytes;
        return took.seconds;
      });
      await program.stop();
      await rm(file);
      return { ...speed, peakBytes };
    };
    plan.say(`inserting ${FEW[plan.size]} failures, then ${MANY[plan.size]}`);
    const few = await failuresIn(stage, FEW[plan.size]);
    const many = await failuresIn(stage, MANY[plan.size]);
    const { product, ofFew, query, plain } = await alternate(plan, {
      product: () => write('failures-csv', many),
      ofFew: () => write('failures-csv', few, FEW[plan.size]),
      query: () => write('query-csv', many),
      plain: () => write('plain-csv', many),
    });
    const megabytes = product.map(({ peakBytes }) => peakBytes / MEGABYTE);
    return [
      ...compareSpeed('rows, against its query', { atLeast: 1 }, product, query),
      ...compareSpeed('rows, against a plain table', { atLeast: 0.5 }, product, plain),
      compare(
        { measured: 'resident at most', unit: 'MB', by: 'value', target: { atMost: 200 } },
        megabytes,
        query.map(({ peakBytes }) => peakBytes / MEGABYTE),
      ),
      compare(
        {
          measured: `resident, against ${FEW[plan.size].toLocaleString('en-GB')} rows`,
          unit: 'MB',
          by: 'ratio',
          target: { atMost: 1.1 },
        },
        megabytes,
        ofFew.map(({ peakBytes }) => peakBytes / MEGABYTE),
      ),
    ];
  },
};

type Written = Speed & Pick<Timed, 'peakBytes'>;

/** Failed links with their history in a closed slot, and a plain table with as many columns as the file. */
async function failuresIn(stage: BenchStage, count: number): Promise<StageDatabase> {
  const database = await stage.database([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
  await bulkLoad(database, ['payout_link', 'payout_link_transition'], async () => {
    await database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, provider_status, failure_code, lease_fence, last_read_at, polls, chain_id, attempt, created_at,
         updated_at)
       SELECT id, 'default', 'refund-' || number, 10000 + number, 'IDR', 'recipient-' || number || '@example.com',
         'FAILED', 2, at, 'pl-' || number, 'FAILED', 'TEMPORARY_TRANSFER_ERROR', 1, at, 0, id, 1, at, at
       FROM (SELECT number, gen_random_uuid() AS id,
           timestamptz '2026-11-20T00:00:00Z' + number % 86400 * interval '1 second' AS at
         FROM generate_series(1, $1::int) AS number) AS link`,
      [count],
    );
    await database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source,
         provider_status, failure_code, provider_id, effective_at, recorded_at)
       SELECT id, account, seq, CASE seq WHEN 2 THEN 'CREATING' END, CASE seq WHEN 1 THEN 'CREATING' ELSE status END,
         'API', CASE seq WHEN 2 THEN provider_status END, CASE seq WHEN 2 THEN failure_code END,
         CASE seq WHEN 2 THEN provider_id END, status_at, status_at
       FROM payout_link, generate_series(1, 2) AS seq`,
    );
    await insertClosedSlot(database);
    await database.query(
      `CREATE TABLE plain_failure AS
       SELECT 'NEW' AS change, external_id, provider_id, account, email AS recipient_email, amount,
         currency, status, 'CLAIM' AS failure_stage, failure_code,
         'The transfer failed for a while; the bank may take it later.' AS failure_description,
         'RETRY_LATER' AS retry, 'Retry after the wait; no-one has to act before.' AS recommended_action,
         'NOBODY' AS owner, '2026-11-21 09:00:00' AS retry_not_before, attempt, NULL::text AS replaced_by,
         '2026-11-20 07:00:00' AS created_at, '2026-11-20 08:00:00' AS failed_at, '2026-11-20 08:00:01' AS detected_at,
         'API' AS detected_by, 2 AS days_open, 'Asia/Jakarta' AS timezone, NULL::text AS decision, NULL::text AS note
       FROM payout_link`,
    );
  });
  return database;
}
