import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, outcomeOf, ReconcilerStage } from '../reconciler/reconciler.stage.js';
import { until } from '../support/until.js';
import { end, openStage, pollsOf, prepare, since } from './reconciliation.js';
import { report, size } from './size.js';

const today = businessDate();

const REDIS_URL = process.env.REDIS_URL;

describe('a reconciliation', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  const backends: [string, Record<string, string>][] = [
    ['PostgreSQL', {}],
    ...(REDIS_URL ? [['Redis', { QUEUE_URL: REDIS_URL }] as [string, Record<string, string>]] : []),
  ];
  if (!REDIS_URL) process.stderr.write('workers on Redis: left out, REDIS_URL is not set\n');

  it.each(backends)(
    'with three workers on %s, one of them killed in the middle, reads every link and balances',
    async (backend, env) => {
      const links = size(200, 2_000);
      await prepare(stage, links);
      const before = await pollsOf(stage);
      const settings = { ...env, RECONCILE_RATE_PER_MINUTE: '2000', RECONCILE_CONCURRENCY: '4' };
      const workers = Array.from({ length: 3 }, () => stage.start(['worker'], settings));
      try {
        await until(
          'they work',
          () => workers.every((worker) => worker.stdout().includes('working')),
          30_000,
        );
        const run = stage.start(['run', '--json', '--date', today], settings);
        await until(
          'half is read',
          async () => since(before, await pollsOf(stage)).length > links / 2,
          60_000,
        );
        workers[0]!.child.kill('SIGKILL');
        const outcome = outcomeOf(await run.ended);
        expect(outcome).toMatchObject({
          code: 0,
          runs: [{ coverage: { open: links, read: links }, footed: true }],
        });
        const counts = since(before, await pollsOf(stage));
        expect(counts).toHaveLength(links);
        const again = counts.filter((count) => count > 1).length;
        expect(again).toBeLessThanOrEqual(4);
        report(`workers on ${backend}`, { links, readAgain: again });
      } finally {
        await end(workers);
      }
    },
    size(300_000, 300_000),
  );
});
