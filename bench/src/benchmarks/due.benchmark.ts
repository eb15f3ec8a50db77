import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { bulkLoad } from '../bulk-load.js';
import { alternate, type Benchmark } from '../benchmark.js';
import { compare, quantile } from '../measure.js';
import type { Program } from '../program.js';
import type { BenchStage, StageDatabase } from '../stage.js';

const FEW = { small: 50_000, full: 100_000 };
const MANY = { small: 500_000, full: 10_000_000 };
const CLAIMS = { small: 80, full: 150 };
/** The module's own batch size. */
const POLLS_AT_A_TIME = 4;

const OPEN_ONE_IN = 100;

/** One link in a hundred is open, and the same number is due at either size. */
export const due: Benchmark = {
  name: 'due',
  title: 'claiming what is due among very many rows, against fewer',
  measure: async (stage, plan) => {
    const claims = CLAIMS[plan.size];
    plan.say(`inserting ${FEW[plan.size]} links, then ${MANY[plan.size]}`);
    const few = await linksIn(stage, FEW[plan.size]);
    const many = await linksIn(stage, MANY[plan.size]);
    const measure = async ({ database, program }: Measured) => {
      await makeDue(database, claims);
      const polls = await program.call<number[]>('polls', claims);
      const intents = await program.call<number[]>('intents', claims);
      const nothing = await program.call<number[]>('nothing', claims);
      return { polls: p95(polls), intents: p95(intents), nothing: p95(nothing) };
    };
    const { product, baseline } = await alternate(plan, {
      product: () => measure(many),
      baseline: () => measure(few),
    });
    const compared = (['polls', 'intents'] as const).map((claim) =>
      compare(
        { measured: `p95 of claiming ${NAMES[claim]}`, unit: 'ms', by: 'ratio', target: { atMost: 2 } },
        product.map((times) => times[claim]),
        baseline.map((times) => times[claim]),
      ),
    );
    const waiting = (MANY[plan.size] / OPEN_ONE_IN).toLocaleString('en-GB');
    return [
      ...compared,
      compare(
        {
          measured: `p95 when none of ${waiting} waiting is due`,
          unit: 'ms',
          by: 'value',
          target: { atMost: 5 },
        },
        product.map(({ nothing }) => nothing),
      ),
    ];
  },
};

const NAMES = { polls: 'links due for a poll', intents: 'interrupted creates' };

interface Measured {
  database: StageDatabase;
  program: Program;
}

function p95(times: readonly number[]): number {
  return quantile(
    times.toSorted((a, b) => a - b),
    0.95,
  );
}

async function linksIn(stage: BenchStage, count: number): Promise<Measured> {
  const database = await stage.database(PAYOUT_LINKS_MIGRATIONS);
  await bulkLoad(database, ['payout_link'], async () => {
    await database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, provider_status, lease_fence, next_poll_at, polls, chain_id, attempt, created_at, updated_at)
       SELECT id, 'default', 'refund-' || number, 10000, 'IDR', 'recipient@example.com', status, 2, at,
         'pl-' || number, status, 1, CASE status WHEN 'PENDING' THEN now() + interval '1 day' END, 0, id, 1, at, at
       FROM (SELECT number, gen_random_uuid() AS id, CASE number % ${OPEN_ONE_IN} WHEN 0 THEN 'PENDING' ELSE 'SUCCEEDED' END AS status,
           timestamptz '2026-01-01T00:00:00Z' + number * interval '1 second' AS at
         FROM generate_series(1, $1::int) AS number) AS link`,
      [count],
    );
  });
  return { database, program: await stage.program('claims', { databaseUrl: database.url }) };
}

/** As many as are claimed, spread over the table; those claimed before are settled. */
async function makeDue(database: StageDatabase, claims: number): Promise<void> {
  await database.query(
    `UPDATE payout_link SET status = 'PENDING', lease_expires_at = NULL WHERE status = 'CREATING'`,
  );
  await database.query(
    `WITH waiting AS (
       SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS number FROM payout_link WHERE status = 'PENDING')
     UPDATE payout_link SET
       next_poll_at = CASE WHEN number <= $1::int THEN now() - number * interval '1 second' ELSE now() + interval '1 day' END,
       status = CASE WHEN number > $1::int THEN 'CREATING' ELSE 'PENDING' END,
       lease_expires_at = CASE WHEN number > $1::int THEN now() - interval '1 hour' END
     FROM waiting WHERE waiting.id = payout_link.id AND number <= $1::int + $2::int`,
    [claims * POLLS_AT_A_TIME, claims],
  );
  await database.query('VACUUM ANALYZE payout_link');
}
