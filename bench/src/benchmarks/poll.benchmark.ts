import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { setTimeout as wait } from 'node:timers/promises';
import { RECONCILER_MIGRATIONS } from '../../../apps/reconciler/dist/migrations/index.js';
import { alternate, type Benchmark, type Plan } from '../benchmark.js';
import type { Line } from '../measure.js';
import type { Program } from '../program.js';
import { reconcile } from '../reconciler.js';
import { busySeconds, compareSpeed, speedOf, type Speed } from '../speed.js';
import type { BenchStage, StageDatabase, StageSandbox } from '../stage.js';

const AT_ONCE = 32;
const CREATES_AT_ONCE = 16;
const LINKS = { small: 2_000, full: 10_000 };
/** One link in this many has changed. */
const CHANGED_ONE_IN = 10;
/** The highest possible rate: 16 667 polls a second, more than either side reaches. */
const HIGHEST_RATE = '1000000';

/** No link has changed. */
export const pollUnchanged: Benchmark = {
  name: 'poll',
  title: 'polling links that have not changed, against a loop of axios GETs',
  measure: (stage, plan) => poll(stage, plan, { changed: false, atLeast: 0.7 }),
};

/** Every tenth link was claimed and paid. */
export const pollChanged: Benchmark = {
  name: 'poll-changed',
  title: 'polling links of which every tenth has changed, against the same loop',
  measure: (stage, plan) => poll(stage, plan, { changed: true, atLeast: 0.5 }),
};

interface OpenLink {
  id: string;
  providerId: string;
}

async function poll(
  stage: BenchStage,
  plan: Plan,
  { changed, atLeast }: { changed: boolean; atLeast: number },
): Promise<Line[]> {
  const count = LINKS[plan.size];
  const database = await stage.database([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
  const sandbox = await stage.sandbox();
  await sandbox.control('webhooks', { drop: 1 });
  const reportsDir = await stage.folder();
  const host = await stage.program('host', {
    databaseUrl: database.url,
    poolSize: CREATES_AT_ONCE,
    options: { baseUrl: sandbox.url },
  });
  const loop = await stage.program('get-loop', { providerUrl: sandbox.url });
  plan.say(`creating ${count} links`);
  const { product, baseline } = await alternate(plan, {
    product: async () => {
      await fillUp(database, host, count);
      if (changed) await payFor(database, sandbox, count / CHANGED_ONE_IN);
      const environment = {
        DATABASE_URL: database.url,
        XENDIT_BASE_URL: sandbox.url,
        RECONCILE_CONCURRENCY: String(AT_ONCE),
        RECONCILE_RATE_PER_MINUTE: HIGHEST_RATE,
      };
      // Today's slot is provisional: each run polls every open link again.
      const [speed] = await Promise.all([
        speedOfReading(database, count),
        reconcile(['run', '--date', todayInJakarta()], reportsDir, environment),
      ]);
      return speed;
    },
    baseline: async () => {
      await fillUp(database, host, count);
      const ids = (await openLinks(database)).map(({ providerId }) => providerId);
      return speedOf(count, () => loop.call<number>('read', { ids, atOnce: AT_ONCE }));
    },
  });
  return compareSpeed('polls', { atLeast }, product, baseline);
}

let creates = 0;

/** Creates as many links as were paid. */
async function fillUp(database: StageDatabase, host: Program, wanted: number): Promise<void> {
  const count = wanted - (await openLinks(database)).length;
  creates += 1;
  await host.call('create', { prefix: `poll-${creates}`, count, atOnce: CREATES_AT_ONCE });
}

function openLinks(database: StageDatabase): Promise<OpenLink[]> {
  return database.query<OpenLink>(
    `SELECT id, provider_id AS "providerId" FROM payout_link WHERE status = 'PENDING' ORDER BY created_at`,
  );
}

/** Claims every n-th open link, spread over all of them, and waits until the last is paid. */
async function payFor(database: StageDatabase, sandbox: StageSandbox, count: number): Promise<void> {
  const open = await openLinks(database);
  const claimed = open.filter((_, index) => index % (open.length / count) === 0);
  for (const { providerId } of claimed)
    await sandbox.control('claims', { id: providerId, accountNumber: '1234567890' });
  while ((await sandbox.statusOf(claimed.at(-1)!.providerId)) !== 'SUCCEEDED') await wait(50);
}

/** From the start of the next run until its polls are recorded: without the start of the program and its reports. */
async function speedOfReading(database: StageDatabase, expected: number): Promise<Speed> {
  const [last] = await database.query<{ at: Date }>(
    'SELECT coalesce(max(started_at), now()) AS at FROM payout_link_reconciliation_run',
  );
  const run = (state: string) =>
    until(async () => {
      const [found] = await database.query<{ id: string; seconds: number }>(
        `SELECT id, extract(epoch FROM as_of - started_at)::float8 AS seconds FROM payout_link_reconciliation_run
         WHERE started_at > $1 AND ${state}`,
        [last!.at],
      );
      return found;
    });
  await run('as_of IS NULL');
  const cpuBefore = busySeconds();
  const { id, seconds } = await run('as_of IS NOT NULL');
  const cpuSeconds = busySeconds() - cpuBefore;
  const [row] = await database.query<{ read: number }>(
    `SELECT count(*)::int AS read FROM payout_link_reconciliation_read
     WHERE run_id = $1 AND outcome = 'READ' AND position IS NOT NULL`,
    [id],
  );
  if (row!.read !== expected) throw new Error(`${row!.read} of ${expected} links were read`);
  return { perSecond: expected / seconds, perCpuSecond: expected / cpuSeconds };
}

async function until<T>(find: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await wait(20);
  }
}

function todayInJakarta(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jakarta' }).format(new Date());
}
