import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { RECONCILER_MIGRATIONS } from '../../../apps/reconciler/dist/migrations/index.js';
import { bulkLoad } from '../bulk-load.js';
import { alternate, type Benchmark } from '../benchmark.js';
import { compare } from '../measure.js';
import { reconcile } from '../reconciler.js';
import type { BenchStage, StageDatabase } from '../stage.js';
import { insertClosedSlot, SLOT_DATE } from './closed-slot.js';

const FEW = { small: 2_000, full: 100_000 };
const GROWTH = 10;
const MEGABYTE = 1_000_000;

/** The whole set, from the start of the program to its end. The baseline is the same at a tenth of the links. */
export const reportSet: Benchmark = {
  name: 'report-set',
  title: 'writing a whole report set, against itself at a tenth of the links',
  measure: async (stage, plan) => {
    const few = FEW[plan.size];
    plan.say(`inserting ${few} links, then ${few * GROWTH}`);
    const small = await linksIn(stage, few);
    const large = await linksIn(stage, few * GROWTH);
    const folders = new Map([
      [small, await stage.folder()],
      [large, await stage.folder()],
    ]);
    const write = (database: StageDatabase) =>
      reconcile(['report', '--date', SLOT_DATE], folders.get(database)!, {
        DATABASE_URL: database.url,
        XENDIT_BASE_URL: NOBODY,
      });
    const { product, baseline } = await alternate(plan, {
      product: () => write(large),
      baseline: () => write(small),
    });
    const [seconds, secondsOfFew] = [product, baseline].map((runs) => runs.map((run) => run.seconds));
    const [megabytes, megabytesOfFew] = [product, baseline].map((runs) =>
      runs.map(({ peakBytes }) => peakBytes / MEGABYTE),
    );
    return [
      compare(
        { measured: `time, ${GROWTH} times the links`, unit: 's', by: 'ratio', target: { atMost: GROWTH } },
        seconds!,
        secondsOfFew,
      ),
      compare(
        { measured: 'resident at most', unit: 'MB', by: 'ratio', target: { atMost: 1.2 } },
        megabytes!,
        megabytesOfFew,
      ),
    ];
  },
};

/** A report calls no provider. */
const NOBODY = 'http://127.0.0.1:9';

/** Links with five transitions each: two thirds paid, the others failed, expired or still open. */
async function linksIn(stage: BenchStage, count: number): Promise<StageDatabase> {
  const database = await stage.database([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
  const tables = ['payout_link', 'payout_link_transition', 'payout_link_reconciliation_read'];
  await bulkLoad(database, tables, async () => {
    await database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, provider_status, failure_code, expires_at, provider_created_at, lease_fence, last_read_at, polls,
         chain_id, attempt, created_at, updated_at)
       SELECT id, 'default', 'refund-' || number, 10000 + number, 'IDR', 'recipient-' || number || '@example.com',
         status, 5, at + interval '4 hours', 'pl-' || number, status,
         CASE status WHEN 'FAILED' THEN 'INVALID_DESTINATION' WHEN 'EXPIRED' THEN 'EXPIRED_UNCLAIMED' END,
         at + interval '3 days', at, 1, at + interval '4 hours', 0, id, 1, at, at + interval '4 hours'
       FROM (SELECT number, gen_random_uuid() AS id,
           timestamptz '2026-11-20T00:00:00Z' + number % 172800 * interval '1 second' AS at,
           CASE WHEN number % 30 < 20 THEN 'SUCCEEDED' WHEN number % 30 < 23 THEN 'FAILED'
             WHEN number % 30 < 25 THEN 'EXPIRED' ELSE 'REQUESTED' END AS status
         FROM generate_series(1, $1::int) AS number) AS link`,
      [count],
    );
    await database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source,
         provider_status, failure_code, provider_id, provider_created_at, expires_at, effective_at, recorded_at)
       SELECT id, account, seq, path[seq - 1], path[seq], CASE WHEN seq < 3 THEN 'API' ELSE 'WEBHOOK' END,
         CASE WHEN seq > 2 THEN path[seq] END, CASE seq WHEN 5 THEN failure_code END,
         CASE WHEN seq > 2 THEN provider_id END, CASE WHEN seq > 2 THEN provider_created_at END,
         CASE WHEN seq > 2 THEN expires_at END, moment, moment
       FROM payout_link, generate_series(1, 5) AS seq,
         LATERAL (SELECT ARRAY['CREATING', 'UNCONFIRMED', 'PENDING',
             CASE WHEN status IN ('SUCCEEDED', 'FAILED') THEN 'REQUESTED' ELSE 'UNKNOWN' END, status] AS path,
           created_at + (seq - 1) * interval '1 hour' AS moment) AS step`,
      [],
    );
    await insertClosedSlot(database);
    await database.query(
      `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, position, watched, attempts, outcome,
         last_read_at)
       SELECT run.id, link.id, amount, false, 1, 'READ', last_read_at
       FROM payout_link link, payout_link_reconciliation_run run WHERE link.status = 'REQUESTED'`,
    );
  });
  return database;
}
