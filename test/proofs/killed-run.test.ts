import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, ReconcilerStage, type CsvRow, type Outcome } from '../reconciler/reconciler.stage.js';
import { until } from '../support/until.js';
import { openStage, pollsOf, prepare, since } from './reconciliation.js';
import { report, size } from './size.js';

const today = businessDate();

describe('a reconciliation', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  it(
    'that was killed repeatedly ends like one that was not',
    async () => {
      const [links, kills, concurrency] = [size(150, 2_000), size(3, 10), 8];
      await prepare(stage, links);
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

        const before = await pollsOf(stage);
        for (let kill = 0; kill < kills; kill += 1) {
          const run = stage.start(['run', '--date', today], env);
          await Promise.race([until('it reads', () => run.stderr().includes('reading')), run.ended]);
          // All of them together take less time than the polls, so that none of them finishes.
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
        const counts = since(before, await pollsOf(stage));
        const again = counts.filter((count) => count > 1).length;
        expect(counts).toHaveLength(links);
        expect(again).toBeLessThanOrEqual(kills * concurrency);
        report('killed reconciliation', { links, kills, readAgain: again });
      } finally {
        await copy.drop();
      }
    },
    size(300_000, 600_000),
  );

  /** The report set without the times at which things were recorded. */
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
});
