import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { businessDate, readCsv, ReconcilerStage } from './reconciler.stage.js';

const PERSON = 'fails@example.com';

describe('forget', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('redacts decisions, names the sets that have the address, and a set printed again says why it differs', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.createAndClaim('another', '121212');
    await stage.transfersDone();
    await stage.run(['--date', businessDate()]);
    await stage.age(2);
    const { runs } = await stage.run();
    expect(runs.length).toBeGreaterThan(1);
    const [first, next] = runs as [(typeof runs)[0], (typeof runs)[0]];
    const file = join(first.reportSet, 'failures.csv');
    const issued = await readFile(file, 'utf8');
    expect(issued).toContain(PERSON);
    const [header, ...rows] = parse(issued, { bom: true });
    const at = (name: string) => header!.indexOf(name);
    for (const row of rows)
      [row[at('decision')], row[at('note')]] = ['CONTACTED', `called ${row[at('external_id')]}`];
    const decided = join(stage.reportsDir, 'decided.csv');
    await writeFile(decided, stringify([header!, ...rows]));
    expect((await stage.start(['decide', decided]).ended).code).toBe(0);

    const refused = await stage.start(['forget', 'not an address']).ended;
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('must be an email')]);
    const { code, stdout } = await stage.start(['forget', PERSON]).ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('redacted: 1 payout links')]);
    expect(stdout).toContain(`still has the address: ${file}`);
    expect(stdout).toContain(`reconcile report --date ${first.date}`);
    expect(stdout).toContain(`still has the address: ${decided}`);
    const notes = await stage.database.query<{ note: string }>(
      'SELECT note FROM payout_link_decision ORDER BY note',
    );
    expect(notes.map(({ note }) => note)).toEqual(['called another', 'redacted']);

    const reprint = () => stage.start(['report', '--date', first.date]).ended;
    for (let times = 0; times < 2; times += 1) {
      const { code: printed, stderr } = await reprint();
      expect([printed, stderr]).toEqual([0, '']);
      const text = await readFile(file, 'utf8');
      expect(text).not.toContain(PERSON);
      const cells = await readCsv(file);
      expect(cells.map((row) => row.recipient_email)).toEqual(
        expect.arrayContaining(['another@example.com', 'redacted']),
      );
      expect(cells.map((row) => row.amount)).toEqual(['50000', '50000']);
      const manifest = JSON.parse(await readFile(join(first.reportSet, 'manifest.json'), 'utf8')) as {
        redacted: { rows: number; issuedManifestSha256: string };
      };
      expect(manifest.redacted).toEqual({
        rows: 1,
        issuedManifestSha256: expect.stringMatching(/^[\da-f]{64}$/),
      });
    }
    for (const { reportSet } of [first, next])
      expect((await verifyReportSet(reportSet)).differences).toEqual([]);
    expect((await stage.start(['invariants']).ended).code).toBe(0);

    const verified = await stage.start(['verify', first.reportSet]).ended;
    expect(verified.stdout).toContain('1 row was redacted after it was issued, by its own word');
    // What was not redacted must still be the same.
    await stage.database.query(
      "UPDATE payout_link SET email = 'thief@example.com' WHERE external_id = 'another'",
    );
    expect((await reprint()).code).toBe(4);
    expect(await readFile(file, 'utf8')).not.toContain('thief@example.com');
    await stage.database.query(
      "UPDATE payout_link SET email = 'another@example.com' WHERE external_id = 'another'",
    );
    expect((await reprint()).code).toBe(0);
    await stage.database.query("UPDATE payout_link SET amount = 60000 WHERE external_id = 'another'");
    const changed = await reprint();
    expect([changed.code, changed.stderr]).toEqual([
      4,
      expect.stringContaining('would not be the same again'),
    ]);
  });
});
