import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, outcomeOf, Stage, type CsvRow, type Outcome } from '../reconciler/reconciler.stage.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import type { Running } from '../support/programs.js';
import { until } from '../support/until.js';
import { FULL, report, size } from './size.js';

const today = businessDate();
const ACCOUNTS = ['1234567890', '1234567890', '121212', '999999', '131313', undefined, undefined];
const REDIS_URL = process.env.REDIS_URL;

describe('a reconciliation', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ rateLimit: 6_000 });
  });
  afterEach(() => stage.close());

  /** Links in every state that a poll can find. */
  async function prepare(links: number): Promise<void> {
    const numbers = Array.from({ length: links }, (_, index) => index).values();
    const lane = async () => {
      for (const index of numbers) {
        const account = ACCOUNTS[index % ACCOUNTS.length];
        const link = await stage.create(`link-${index}`, 10_000 + index);
        if (account !== undefined) await stage.caller.claim(link.providerId!, account);
      }
    };
    // The provider's limit is for the reads: creates may not use it up.
    await Promise.all(Array.from({ length: 8 }, lane));
    await stage.transfersDone();
  }

  const polls = async () => new Map(Object.entries(await stage.polls()));
  const since = (before: Map<string, number>, after: Map<string, number>) =>
    [...after].map(([id, count]) => count - (before.get(id) ?? 0)).filter((count) => count > 0);

  it(
    'that was killed again and again ends like one that was not',
    async () => {
      const [links, kills, concurrency] = [size(150, 2_000), size(3, 10), 8];
      await prepare(links);
      await stage.host.close();
      const copy = await stage.database.clone();
      const env = { RECONCILE_CONCURRENCY: String(concurrency), RECONCILE_RATE_PER_MINUTE: '3000' };
      try {
        const quiet = await stage.run(['--date', today], { ...env, DATABASE_URL: copy.url });
        expect(quiet).toMatchObject({
          code: 0,
          runs: [{ coverage: { open: links, read: links }, footed: true }],
        });
        const expected = await rowsOf(quiet);
        await rm(quiet.runs[0]!.reportSet, { recursive: true });

        const before = await polls();
        for (let kill = 0; kill < kills; kill += 1) {
          const run = stage.start(['run', '--date', today], env);
          await Promise.race([until('it reads', () => run.stderr().includes('reading')), run.ended]);
          // All of them together take less than the reads, so that none comes to its end.
          await wait(randomInt(0, Math.ceil((links / 50 / kills) * 900)));
          run.child.kill('SIGKILL');
          await run.ended;
        }
        const last = await stage.run(['--date', today], env);
        expect(last).toMatchObject({
          code: 0,
          runs: [{ coverage: { open: links, read: links }, footed: true }],
        });
        expect(await rowsOf(last)).toEqual(expected);
        const counts = since(before, await polls());
        const again = counts.filter((count) => count > 1).length;
        expect(counts).toHaveLength(links);
        expect(again).toBeLessThanOrEqual(kills * concurrency);
        report('killed reconciliation', { links, kills, readAgain: again });
      } finally {
        await copy.drop();
      }
    },
    size(120_000, 600_000),
  );

  const backends: [string, Record<string, string>][] = [
    ['PostgreSQL', {}],
    ...(REDIS_URL ? [['Redis', { QUEUE_URL: REDIS_URL }] as [string, Record<string, string>]] : []),
  ];
  if (!REDIS_URL) process.stderr.write('workers on Redis: left out, REDIS_URL is not set\n');

  it.each(backends)(
    'with three workers on %s, one of them killed in the middle, reads every link and foots',
    async (backend, env) => {
      const links = size(200, 2_000);
      await prepare(links);
      const before = await polls();
      const settings = { ...env, RECONCILE_RATE_PER_MINUTE: '2000', RECONCILE_CONCURRENCY: '4' };
      const workers = Array.from({ length: 3 }, () => stage.start(['worker'], settings));
      try {
        await until(
          'they work',
          () => workers.every((worker) => worker.stdout().includes('working')),
          30_000,
        );
        const run = stage.start(['run', '--json', '--date', today], settings);
        await until('half is read', async () => since(before, await polls()).length > links / 2, 60_000);
        workers[0]!.child.kill('SIGKILL');
        const outcome = outcomeOf(await run.ended);
        expect(outcome).toMatchObject({
          code: 0,
          runs: [{ coverage: { open: links, read: links }, footed: true }],
        });
        const counts = since(before, await polls());
        expect(counts).toHaveLength(links);
        const again = counts.filter((count) => count > 1).length;
        expect(again).toBeLessThanOrEqual(4);
        report(`workers on ${backend}`, { links, readAgain: again });
      } finally {
        await end(workers);
      }
    },
    size(120_000, 300_000),
  );

  it(
    'of two workers uses the rate that the provider allows, and never goes over it',
    async () => {
      // Half the rate in every test run: it shares two cores with other suites there.
      const [links, perMinute] = [size(2_000, 10_000), size(3_000, 6_000)];
      await prepare(links);
      const proxy = await ProviderProxy.open(stage.sandbox.url);
      const env = { XENDIT_BASE_URL: proxy.url, RECONCILE_RATE_PER_MINUTE: String(perMinute) };
      const workers = [stage.start(['worker'], env)];
      try {
        await until('it works', () => workers[0]!.stdout().includes('working'), 30_000);
        const outcome = outcomeOf(await stage.start(['run', '--json', '--date', today], env).ended);
        expect(outcome).toMatchObject({ code: 0, runs: [{ coverage: { open: links, read: links } }] });
        const [time] = await stage.database.query<{ seconds: number }>(
          `SELECT extract(epoch FROM max(read_at) - min(read_at))::float8 AS seconds
           FROM payout_link_reconciliation_read WHERE outcome IS NOT NULL`,
        );
        const share = links / (time!.seconds * (perMinute / 60));
        report('pacing', { links, seconds: time!.seconds.toFixed(1), shareOfRate: share.toFixed(3) });
        expect(proxy.statuses.get(429)).toBeUndefined();
        expect(share).toBeGreaterThanOrEqual(0.97);
        expect(share).toBeLessThanOrEqual(1);
      } finally {
        await end(workers);
        await proxy.close();
      }
    },
    size(120_000, 400_000),
  );

  it(
    'with the rate set twice too high obeys the provider’s headers and reads everything',
    async () => {
      const links = size(60, 7_000);
      await prepare(links);
      const proxy = await ProviderProxy.open(stage.sandbox.url);
      try {
        if (!FULL)
          await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '429', times: 6, ms: 700 });
        const env = { XENDIT_BASE_URL: proxy.url, RECONCILE_RATE_PER_MINUTE: '12000' };
        const outcome = outcomeOf(await stage.start(['run', '--json', '--date', today], env).ended);
        expect(outcome).toMatchObject({ code: 0, runs: [{ coverage: { open: links, read: links } }] });
        report('rate twice too high', { links, answered429: proxy.statuses.get(429) ?? 0 });
        if (!FULL) expect(proxy.statuses.get(429)).toBeGreaterThan(0);
      } finally {
        await proxy.close();
      }
    },
    size(60_000, 400_000),
  );

  /** The report set without the moments at which we saw things. */
  async function rowsOf(outcome: Outcome): Promise<Record<string, CsvRow[]>> {
    const [result] = outcome.runs;
    const failures = await stage.csv(result!, 'failures.csv');
    const open = await stage.csv(result!, 'open-links.csv');
    return {
      failures: failures.map((row) => ({ ...row, detected_at: '' })),
      open: open.map((row) => ({ ...row, last_read_at: '' })),
      rollForward: await stage.csv(result!, 'roll-forward.csv'),
    };
  }

  async function end(programs: Running[]): Promise<void> {
    for (const { child } of programs) child.kill('SIGTERM');
    await Promise.all(programs.map(({ ended }) => ended));
  }
});
