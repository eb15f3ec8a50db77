import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FULL } from '../proofs/size.js';
import { businessDate, outcomeOf, ReconcilerStage } from '../reconciler/reconciler.stage.js';

const SKEWS = FULL ? ['+36h', '-36h', '+400d'] : ['+400d', '-36h'];

const leaveOut = describe.skip;
const isInstalled = spawnSync('faketime', ['--version']).status === 0;
/** `describe`, or a suite that is reported as skipped. */
const describeWithFaketime = isInstalled
  ? describe
  : (name: string, tests: () => void) => {
      process.stderr.write(`${name}: left out, faketime is not installed\n`);
      leaveOut(name, tests);
    };

describeWithFaketime('a machine whose clock is wrong', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it.each(SKEWS)(
    'by %s finishes the same dates, at the database’s time, and prints them again byte for byte',
    async (skew) => {
      await stage.createAndClaim('fails', '121212');
      await stage.create('open');
      await stage.transfersDone();
      await stage.age(2);
      const skewed = (args: string[]) =>
        // Timers go by the monotonic clock, which no operator sets.
        stage.start(args, { FAKETIME_DONT_FAKE_MONOTONIC: '1' }, ['faketime', '-f', skew]).ended;
      const { runs, code } = outcomeOf(await skewed(['run', '--json', '--no-progress']));
      expect(code).toBe(0);
      const yesterday = new Date(Date.parse(businessDate()) - 86_400_000).toISOString().slice(0, 10);
      expect(runs.at(-1)!.date).toBe(yesterday);
      expect(runs.every(({ footed }) => footed)).toBe(true);
      for (const { asOf, reportSet, date } of runs) {
        expect(Math.abs(Date.now() - Date.parse(asOf))).toBeLessThan(300_000);
        const manifest = () => readFile(join(reportSet, 'manifest.json'), 'utf8');
        const before = await manifest();
        expect((await stage.start(['report', '--date', date]).ended).code).toBe(0);
        expect(await manifest()).toBe(before);
      }
      // Nothing is due again, whichever clock looks: it returns the last result.
      const again = outcomeOf(await skewed(['run', '--json', '--no-progress']));
      expect(again.runs.map(({ date, asOf }) => [date, asOf])).toEqual([[yesterday, runs.at(-1)!.asOf]]);
    },
  );
});
