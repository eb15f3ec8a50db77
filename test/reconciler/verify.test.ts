import { createHash } from 'node:crypto';
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../apps/reconciler/src/report/manifest.js';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { businessDate, ReconcilerStage } from './reconciler.stage.js';

const today = businessDate();

describe('verify', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('finds a changed byte, missing files and rows, and mentions the files of others', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.transfersDone();
    const { runs } = await stage.run(['--date', today], { REPORT_CSV_DELIMITER: ';' });
    const { reportSet } = runs[0]!;
    const broken = join(stage.reportsDir, 'broken');
    const spoilt = async (work: () => Promise<unknown>) => {
      await rm(broken, { recursive: true, force: true });
      await cp(reportSet, broken, { recursive: true });
      await work();
      return (await verifyReportSet(broken)).differences.join('\n');
    };
    const failures = join(broken, 'failures.csv');
    const text = await readFile(join(reportSet, 'failures.csv'), 'utf8');
    expect(await spoilt(() => Promise.resolve())).toBe('');
    expect(await spoilt(() => writeFile(failures, text.replace('50000', '50001')))).toMatch(
      /failures\.csv: its SHA-256[^]*failures\.csv: its sums are .*50001/,
    );
    expect(await spoilt(() => appendFile(failures, 'x\r\n'))).toContain(
      'failures.csv: it has 2 rows, the manifest says 1',
    );
    expect(await spoilt(() => rm(join(broken, 'open-links.csv')))).toContain('open-links.csv: is missing');
    expect(await spoilt(() => writeFile(join(broken, 'notes.docx'), ''))).toBe('');
    expect(await verifyReportSet(broken)).toMatchObject({ others: ['notes.docx'] });

    const manifest = JSON.parse(await readFile(join(reportSet, 'manifest.json'), 'utf8')) as Manifest;
    const spoiltManifest = (changes: object) =>
      spoilt(() => writeFile(join(broken, 'manifest.json'), JSON.stringify({ ...manifest, ...changes })));
    const { 'failures.csv': entry, ...others } = manifest.files;
    expect(await spoiltManifest({ files: others })).toContain('manifest.json: does not name failures.csv');
    const unusable = { ...manifest.files, 'failures.csv': { ...(entry as object), sha256: 7 } };
    expect(await spoiltManifest({ files: unusable })).toContain('has no usable entry of failures.csv');
    expect(await spoiltManifest({ files: { ...manifest.files, '../failures.csv': entry } })).toBe(
      'manifest.json: names ../failures.csv, which is no file of a report set',
    );
    for (const changes of [{ date: 'x' }, { files: null }, { provisional: 'no' }]) {
      await expect(spoiltManifest(changes)).rejects.toMatchObject({ code: 'NO_REPORT_SET', exitCode: 2 });
    }

    // A total that was changed together with its hash still has to balance.
    const rollForward = await readFile(join(reportSet, 'roll-forward.csv'), 'utf8');
    const inflated = rollForward.replace('created;1;50000', 'created;1;60000');
    const sha256 = createHash('sha256').update(inflated).digest('hex');
    const files = {
      ...manifest.files,
      'roll-forward.csv': { ...(manifest.files['roll-forward.csv'] as object), sha256 },
    };
    const inflate = async () => {
      await writeFile(join(broken, 'roll-forward.csv'), inflated);
      await writeFile(join(broken, 'manifest.json'), JSON.stringify({ ...manifest, files }));
    };
    expect(await spoilt(inflate)).toBe(
      'roll-forward.csv does not balance. IDR: closing is 0 links and 0, opening and changes make 0 and 10000:' +
        ' a difference of 0 and -10000',
    );

    for (const [folder, code, said] of [
      [reportSet, 0, 'is as it was written'],
      [broken, 4, 'does not balance'],
      [stage.reportsDir, 2, 'holds no report set'],
    ] as const) {
      const ended = await stage.start(['verify', folder], {}).ended;
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringContaining(said)]);
    }
  });

  it('compares a manifest with those of the dates next to it', async () => {
    await stage.create('waits');
    await stage.run(['--date', today]);
    await stage.age(2);
    const { runs } = await stage.run();
    const [first, second] = runs.map(({ reportSet }) => reportSet) as [string, string];
    const verify = async (folder: string) => (await verifyReportSet(folder)).differences;
    expect(await verifyReportSet(first)).toMatchObject({
      neighbours: [businessDate(-1)],
      differences: [],
    });
    expect(await verify(second)).toEqual([]);
    // A meaningless byte in a file that no other file describes.
    await appendFile(join(first, 'manifest.json'), '\n');
    for (const folder of [first, second]) {
      expect(await verify(folder)).toEqual([expect.stringContaining('manifest.json: ')]);
    }
  });
});
