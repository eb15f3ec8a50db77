import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { GOLDEN_CASES, type GoldenCase } from './golden.cases.js';
import { expectSameFiles, filesOf } from './report.files.js';
import { ReportStage } from './report.stage.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/reports', import.meta.url));
const END_OF_TIME = new Date('2100-01-01T00:00:00Z');

/**
 * `UPDATE_REPORTS=1 npm test -- test/reconciler/golden` replaces the stored sets; the difference is for a reviewer
 * to read.
 */
const UPDATE = process.env.UPDATE_REPORTS === '1';

describe('the stored report sets', () => {
  let stage: ReportStage;

  describe.each(GOLDEN_CASES)('$name', (story) => {
    beforeAll(async () => {
      stage = await ReportStage.open(story.settings);
      await insert(story);
      if (!UPDATE) return;
      await rm(join(FIXTURES, story.name), { recursive: true, force: true });
      await cp(stage.reportsDir, join(FIXTURES, story.name), { recursive: true });
    });
    afterAll(() => stage.close());

    it('are the same byte for byte, file by file', () => compare(story));

    it('agree with their manifests', async () => {
      for (const set of await setsIn(stage.reportsDir)) {
        const { differences } = await verifyReportSet(join(stage.reportsDir, set));
        expect({ set, differences }).toEqual({ set, differences: [] });
      }
    });

    it('are printed the same again after everything that happened later', async () => {
      await stage.histories.record(story.links, END_OF_TIME);
      const printed = new Set(story.slots.map(({ account, date }) => `${account}/${date}`));
      for (const set of printed) await stage.printAgain(...(set.split('/') as [string, string]));
      await compare(story);
    });
  });

  it('belong to an existing case', async () => {
    const kept = await readdir(FIXTURES);
    expect(kept.toSorted()).toEqual(GOLDEN_CASES.map(({ name }) => name).toSorted());
  });

  async function insert({ links, discrepancies = [], decisions = [], slots }: GoldenCase): Promise<void> {
    await stage.histories.recordDiscrepancies(discrepancies);
    for (const slot of slots) {
      await stage.histories.record(links, slot.asOf);
      await stage.histories.recordDecisions(decisions, slot.asOf);
      await stage.finish(slot);
    }
  }

  async function compare({ name }: GoldenCase): Promise<void> {
    const sets = await setsIn(stage.reportsDir);
    expect(sets).toEqual(await setsIn(join(FIXTURES, name)));
    for (const set of sets)
      expectSameFiles(await filesOf(join(stage.reportsDir, set)), await filesOf(join(FIXTURES, name, set)));
  }
});

/** The sets in a folder of reports, as `<account>/<date>`. */
async function setsIn(folder: string): Promise<string[]> {
  const accounts = (await readdir(folder)).toSorted();
  const sets = accounts.map(async (account) =>
    (await readdir(join(folder, account))).toSorted().map((date) => `${account}/${date}`),
  );
  return (await Promise.all(sets)).flat();
}
