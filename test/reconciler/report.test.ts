import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { businessDate, ReconcilerStage } from './reconciler.stage.js';

const today = businessDate();

describe('report, and a set that is written again', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  const filesOf = async (folder: string) =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
      ),
    ) as Record<string, string>;

  it('report repeats an old slot byte for byte, whatever has happened and was configured since', async () => {
    const failing = await stage.createAndClaim('fails', '121212');
    const waiting = await stage.create('waits');
    await stage.transfersDone();
    await stage.run(['--date', today]);
    await stage.age(1);
    const { runs } = await stage.run();
    const { reportSet, date } = runs[0]!;
    const before = await filesOf(reportSet);
    expect(Object.keys(before)).toContain('manifest.json');

    await stage.service.reissue(failing.id, { reason: 'fixed', force: true });
    await stage.service.void(waiting.id);
    await stage.create('new');
    await stage.run(['--date', today]);
    await rm(reportSet, { recursive: true });
    expect(await stage.run(['--date', date])).toMatchObject({
      runs,
      stderr: expect.stringContaining(`\`report --date ${date}\` writes it again`),
    });
    const settings = { REPORT_LANGUAGE: 'id', REPORT_TIMEZONE: 'UTC', REPORT_CSV_DELIMITER: ';' };
    const { code, stdout } = await stage.start(['report', '--date', date], settings).ended;
    expect([code, stdout.trim()]).toEqual([0, reportSet]);
    expect(await filesOf(reportSet)).toEqual(before);
    expect((await stage.start(['report', '--date', '2020-01-01'], {}).ended).code).toBe(2);
  });

  it('report leaves a set as it is where it would be another one, and says so with 4', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.transfersDone();
    await stage.run(['--date', today]);
    await stage.age(1);
    const { runs } = await stage.run();
    const { reportSet, date } = runs[0]!;
    const before = await filesOf(reportSet);
    await stage.database.query('UPDATE payout_link SET amount = 60000');
    const refused = await stage.start(['report', '--date', date], {}).ended;
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(
      'would not be the same again (failures.csv, roll-forward.csv, report.xlsx',
    );
    expect(await filesOf(reportSet)).toEqual(before);
    await rm(reportSet, { recursive: true });
    const written = await stage.start(['report', '--date', date], {}).ended;
    expect(written).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('differs from the set written'),
    });
    expect(Object.keys(await filesOf(reportSet))).toEqual(Object.keys(before));
  });

  it('every set is in the index of its account, newest first', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.transfersDone();
    await stage.run(['--date', today]);
    await stage.age(1);
    await stage.run(['--date', today]);
    const index = await readFile(join(stage.reportsDir, 'default', 'index.html'), 'utf8');
    const rows = [...index.matchAll(/<a href="(.*?)\/report\.html">[^]*?<\/tr>/g)];
    expect(rows.map(([, date]) => date)).toEqual([today, businessDate(-1)]);
    const [provisional, sealed] = rows.map(([row]) =>
      row.replaceAll(/<[^>]+>|\s+/g, ' ').replaceAll(/ +/g, ' '),
    );
    expect(provisional).toContain('provisional: the date was not over, totals balance 1 IDR 50,000 0 IDR 0');
    expect(sealed).toContain('final, totals balance 1 IDR 50,000 0 IDR 0 0 0 / 0');
    const page = await readFile(join(stage.reportsDir, 'default', today, 'report.html'), 'utf8');
    expect(page).toContain('<a href="../index.html">');
    expect(index).not.toMatch(/<script|src=|url\(/);
  });

  it('report and run keep what people have put into the folder of a set', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.transfersDone();
    const { runs } = await stage.run(['--date', today]);
    const { reportSet } = runs[0]!;
    const list = await readFile(join(reportSet, 'failures.csv'), 'utf8');
    await writeFile(join(reportSet, 'notes.txt'), 'called them');
    for (const decision of ['WRITE_OFF', 'CONTACTED']) {
      await writeFile(
        join(reportSet, 'failures.csv'),
        list.replace(',RECIPIENT,,,', `,RECIPIENT,,${decision},`),
      );
      await stage.run(['--date', today]);
    }
    await stage.start(['report', '--date', today], {}).ended;
    expect(await filesOf(reportSet)).toMatchObject({
      'failures.csv': list,
      'failures.decided.csv': expect.stringContaining('WRITE_OFF'),
      'failures.decided-2.csv': expect.stringContaining('CONTACTED'),
      'notes.txt': 'called them',
    });
    expect((await verifyReportSet(reportSet)).others).toEqual([
      'failures.decided-2.csv',
      'failures.decided.csv',
      'notes.txt',
    ]);
  });
});
