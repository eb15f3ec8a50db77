import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Ended } from '../support/programs.js';
import {
  businessDate,
  readCsv,
  ReconcilerStage,
  TIMEZONE,
  type CsvRow,
  type RunResult,
} from './reconciler.stage.js';

const today = businessDate();

type Decisions = Record<string, [decision: string, note?: string]>;

/** Links that failed by their account number, in today's report. */
async function reportedBy(stage: ReconcilerStage, links: Record<string, string>): Promise<RunResult> {
  for (const [externalId, account] of Object.entries(links)) await stage.createAndClaim(externalId, account);
  await stage.transfersDone();
  return (await stage.run(['--date', today])).runs[0]!;
}

/** The set's file, with a decision and a note for some rows, in the accountant's own folder. */
async function filledIn(
  folder: string,
  result: RunResult,
  decisions: Decisions,
  manifest = true,
): Promise<string> {
  const [header, ...rows] = parse(await readFile(join(result.reportSet, 'failures.csv')), { bom: true });
  const column = (name: string) => header!.indexOf(name);
  for (const row of rows) {
    const [decision, note = ''] = decisions[row[column('external_id')]!] ?? ['', ''];
    [row[column('decision')], row[column('note')]] = [decision, note];
  }
  const file = join(folder, 'failures.csv');
  await writeFile(file, stringify([header!, ...rows], { record_delimiter: 'windows' }));
  if (manifest) await copyFile(join(result.reportSet, 'manifest.json'), join(folder, 'manifest.json'));
  return file;
}

async function resultsIn(folder: string): Promise<Record<string, CsvRow>> {
  const rows = await readCsv(join(folder, 'failures-result.csv'));
  return Object.fromEntries(rows.map((row) => [row.external_id, row]));
}

async function payoutsOf(stage: ReconcilerStage): Promise<number> {
  return ((await stage.caller.request('GET', '/_sandbox/payouts')).body as unknown as unknown[]).length;
}

describe('decide, on a file with every kind of decision', () => {
  let stage: ReconcilerStage;
  let folder: string;
  let dry: { ended: Ended; wroteResults: boolean; payouts: number };
  let first: { ended: Ended; results: Record<string, CsvRow>; payouts: number };
  let second: { ended: Ended; results: Record<string, CsvRow>; payouts: number };
  let reasons: string[];
  let reportAfter: { result: RunResult; rows: Record<string, CsvRow> };
  let decidedAgain: { results: Record<string, CsvRow>; payouts: number };

  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    folder = await mkdtemp(join(tmpdir(), 'decide-'));
    const decide = (file: string, ...more: string[]) => stage.start(['decide', file, ...more]).ended;
    const result = await reportedBy(stage, {
      retried: '999999',
      'retried-with-note': '444444',
      'written-off': '121212',
      contacted: '121212',
      undecided: '121212',
      'against-advice': '121212',
      misspelt: '999999',
      confirmed: '121212',
      'confirmed-by-no-one': '121212',
    });
    const file = await filledIn(folder, result, {
      retried: ['RETRY'],
      'retried-with-note': ['retry ', 'topped up'],
      'written-off': ['WRITE_OFF', 'too small'],
      contacted: ['CONTACTED'],
      'against-advice': ['RETRY'],
      misspelt: ['RETYR'],
      confirmed: ['RETRY_CONFIRMED', 'he gave the right account by phone'],
      'confirmed-by-no-one': ['RETRY_CONFIRMED'],
    });
    dry = {
      ended: await decide(file, '--dry-run'),
      wroteResults: (await readdir(folder)).includes('failures-result.csv'),
      payouts: await payoutsOf(stage),
    };
    first = { ended: await decide(file), results: await resultsIn(folder), payouts: await payoutsOf(stage) };
    second = { ended: await decide(file), results: await resultsIn(folder), payouts: await payoutsOf(stage) };
    const rows = await stage.database.query<{ reissue_reason: string }>(
      'SELECT reissue_reason FROM payout_link WHERE reissue_of IS NOT NULL ORDER BY reissue_reason',
    );
    reasons = rows.map(({ reissue_reason }) => reissue_reason);

    const [after] = (await stage.run(['--date', today])).runs as [RunResult];
    const failures = await stage.csv(after, 'failures.csv');
    reportAfter = { result: after, rows: Object.fromEntries(failures.map((row) => [row.external_id, row])) };
    await decide(
      await filledIn(folder, after, {
        'written-off': ['RETRY'],
        retried: ['RETRY', 'me too'],
        confirmed: ['WRITE_OFF'],
      }),
    );
    decidedAgain = { results: await resultsIn(folder), payouts: await payoutsOf(stage) };
  });
  afterAll(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  });

  it('shows with --dry-run what it would do, and does nothing', () => {
    expect(dry).toMatchObject({
      ended: { code: 0, stdout: expect.stringMatching(/WOULD_REISSUE\s+3\n/) },
      wroteResults: false,
      payouts: 9,
    });
  });

  it('shows links and money per decision beside the balance, before anything is sent', () => {
    for (const { stdout } of [dry.ended, first.ended]) {
      const lines = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
      const shown = Object.fromEntries(lines.map(([name, ...figures]) => [name, figures.join(' ')]));
      expect(stdout).toMatch(/^default [\d-]+: decisions in failures\.csv\n/);
      expect(shown).toMatchObject({
        RETRY: '3 links IDR 150,000',
        RETRY_CONFIRMED: '2 links IDR 100,000',
        WRITE_OFF: '1 link IDR 50,000',
        CONTACTED: '1 link IDR 50,000',
        'to be sent': 'IDR 250,000',
        balance: expect.stringMatching(/^IDR\s+[\d,]+$/),
      });
    }
  });

  it('sends again, writes off, notes and refuses, row by row, and reports each', () => {
    expect(first.ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(join(folder, 'failures-result.csv')),
    });
    expect(first.results).toMatchObject({
      retried: { decision: 'RETRY', result: 'REISSUED', replaced_by: 'retried-r1' },
      'retried-with-note': { result: 'REISSUED', replaced_by: 'retried-with-note-r1' },
      'written-off': { result: 'WRITTEN_OFF', replaced_by: '' },
      contacted: { result: 'NOTED' },
      undecided: { decision: '', result: 'NO_DECISION' },
      'against-advice': {
        result: 'REFUSED',
        message: expect.stringMatching(/DO_NOT_RETRY.*write RETRY_CONFIRMED with a note; else WRITE_OFF/),
      },
      confirmed: {
        result: 'REISSUED',
        replaced_by: 'confirmed-r1',
        note: 'he gave the right account by phone',
      },
      'confirmed-by-no-one': { result: 'REFUSED', message: expect.stringContaining('needs a note') },
      misspelt: { decision: 'RETYR', result: 'UNKNOWN_DECISION' },
    });
    expect(first.payouts).toBe(12);
  });

  it('stores the note as the reason, else the report that was decided on', () => {
    expect(reasons).toEqual([
      `decided in default/${today}`,
      'he gave the right account by phone',
      'topped up',
    ]);
  });

  it('changes nothing when it is run again, and reports the same', () => {
    expect(second).toEqual({ ...first, ended: expect.objectContaining({ code: 0 }) });
  });

  it('is visible in the next report of the same date', () => {
    expect(reportAfter.result.footed).toBe(true);
    expect(reportAfter.rows['written-off']).toMatchObject({
      change: 'SETTLED',
      status: 'FAILED',
      retry: 'DO_NOT_RETRY',
      owner: 'NOBODY',
      recommended_action: 'settled: written off',
    });
    expect(reportAfter.rows.retried).toMatchObject({
      change: 'REPLACED',
      replaced_by: 'retried-r1',
      owner: 'NOBODY',
      recommended_action: 'replaced: see retried-r1',
    });
  });

  it('comes back in the next report with its note and time', () => {
    const decided = (externalId: string) => {
      const { last_decision, last_note, last_decided_at } = reportAfter.rows[externalId]!;
      return [last_decision, last_note, last_decided_at !== ''];
    };
    expect(decided('written-off')).toEqual(['WRITE_OFF', 'too small', true]);
    expect(decided('contacted')).toEqual(['CONTACTED', '', true]);
    expect(decided('against-advice')).toEqual(['RETRY', '', true]);
    for (const externalId of ['undecided', 'misspelt']) expect(decided(externalId)).toEqual(['', '', false]);
  });

  it('refuses to send a written-off or replaced failure again', () => {
    expect(decidedAgain).toMatchObject({
      results: {
        'written-off': { result: 'REFUSED', message: expect.stringContaining('written off') },
        retried: {
          result: 'REFUSED',
          message: expect.stringContaining('retried-r1'),
          replaced_by: 'retried-r1',
        },
        confirmed: {
          result: 'REFUSED',
          message: expect.stringContaining('confirmed-r1, decide on that one'),
        },
      },
      payouts: 12,
    });
  });
});

describe('decide', () => {
  let stage: ReconcilerStage;
  let folder: string;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
    folder = await mkdtemp(join(tmpdir(), 'decide-'));
  });
  afterEach(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  });

  const reported = (links: Record<string, string>) => reportedBy(stage, links);
  const filled = (result: RunResult, decisions: Decisions, manifest = true) =>
    filledIn(folder, result, decisions, manifest);
  const decide = (file: string, ...more: string[]) => stage.start(['decide', file, ...more]).ended;
  const results = () => resultsIn(folder);
  const payouts = () => payoutsOf(stage);

  it('acts on the link that was reported where an external id reads like a formula', async () => {
    const result = await reported({ '=1+1': '999999', "'=1+1": '444444', plain: '999999' });
    const file = await filled(result, { "'=1+1": ['WRITE_OFF'], plain: ['RETRY'] });
    const text = await readFile(file, 'utf8');
    // Both cells read the same, '=1+1: the code in their rows distinguishes them.
    await writeFile(file, text.replace(/(,INSUFFICIENT_BALANCE,.*),WRITE_OFF,/, '$1,,'));
    expect((await decide(file)).code).toBe(0);
    expect(
      await stage.database.query(
        'SELECT external_id FROM payout_link_write_off w JOIN payout_link l ON l.id = w.payout_link_id',
      ),
    ).toEqual([{ external_id: '=1+1' }]);
    expect((await results()).plain).toMatchObject({ result: 'REISSUED' });
  });

  it('takes back the workbook, and names its results after it', async () => {
    const result = await reported({ '9223372036854775807': '999999', other: '121212' });
    const file = join(folder, 'my list.xlsx');
    await copyFile(join(result.reportSet, 'report.xlsx'), file);
    await copyFile(join(result.reportSet, 'manifest.json'), join(folder, 'manifest.json'));
    const ended = await decide(file);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('my list-result.csv') });
    const rows = await readCsv(join(folder, 'my list-result.csv'));
    expect(rows.map(({ external_id, result: came }) => [external_id, came])).toEqual([
      ['9223372036854775807', 'NO_DECISION'],
      ['other', 'NO_DECISION'],
    ]);
  });

  it('warns of what the balance does not cover, and says before it sends anything what it would refuse', async () => {
    await reported({ waits: '123456', long: '121212' });
    await stage.createAndClaim('large', '999999', 9_999_000_000);
    await stage.transfersDone();
    const [next] = (await stage.run(['--date', today])).runs;
    const file = await filled(next!, {
      waits: ['RETRY'],
      large: ['RETRY'],
      long: ['WRITE_OFF', 'x'.repeat(501)],
    });
    await stage.create('reserves', 9_000_000_000);
    const { stdout } = await decide(file, '--dry-run');
    expect(stdout).toMatch(
      /to be sent +IDR 9,999,050,000\n +balance +IDR 1,000,000,000\n +MISSING +IDR 8,999,050,000\n/,
    );
    expect(stdout).toContain('long  REFUSED  the note is longer than 500 characters: shorten it');
    const [waits] = await stage
      .csv(next!, 'failures.csv')
      .then((rows) => rows.filter(({ external_id }) => external_id === 'waits'));
    expect(stdout).toContain(
      `it may not be sent again before ${waits!.retry_not_before} (${TIMEZONE}). Give the file again after that`,
    );
    // The report is written again after this file.
    await reported({ newer: '121212' });
    expect((await decide(file)).stderr).toContain('the report was written again since: fill in the new one');
  });

  it('finds the date by the rows without a manifest in the folder', async () => {
    const result = await reported({ 'order-1': '999999' });
    const file = await filled(result, { 'order-1': ['WRITE_OFF'] }, false);
    await stage.age(1);
    await stage.run();
    await reported({ 'order-2': '999999' });
    expect((await decide(file)).code).toBe(0);
    expect(await results()).toMatchObject({ 'order-1': { result: 'WRITTEN_OFF' } });
  });

  it('refuses the whole file when what was reported is changed, naming the cells, and does nothing', async () => {
    const result = await reported({ 'order-1': '999999', 'order-2': '999999' });
    const file = await filled(result, { 'order-1': ['RETRY'], 'order-2': ['RETRY'] });
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('order-2,', 'order-3,').replace('50000', '5000000'),
    );
    for (const manifest of [true, false]) {
      if (!manifest) await rm(join(folder, 'manifest.json'));
      const { code, stderr } = await decide(file);
      expect(code).toBe(2);
      expect(stderr).toContain('nothing was done');
      expect(stderr).toContain('amount (D2): is "5000000", was reported as "50000"');
      expect(stderr).toContain('external_id (B3): is "order-3", was reported as "order-2"');
    }
    expect(await payouts()).toBe(2);
    await expect(results()).rejects.toThrow('ENOENT');
  });

  it('continues with the rest when it is run again after the provider was unreachable or refused', async () => {
    const result = await reported({ broke: '999999', away: '999999' });
    await stage.database.query("UPDATE payout_link SET last_read_at = last_read_at - interval '1 hour'");
    const file = await filled(result, { broke: ['RETRY'], away: ['RETRY'] });
    await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: 'garbage', times: 4 });
    await stage.caller.control('faults', { route: 'POST /payouts', kind: 'timeout-after', times: 4, ms: 1 });
    const first = await decide(file);
    expect(first.code).toBe(3);
    const outcomes = async () => Object.values(await results()).map(({ result: came }) => came!);
    expect(await outcomes()).toEqual(expect.arrayContaining(['NOT_DONE', 'UNCONFIRMED']));
    expect((await decide(file)).code).toBe(3);
    expect(await outcomes()).toEqual(expect.arrayContaining(['REISSUED', 'UNCONFIRMED']));
    // The operator finds it at the provider.
    const [unknown] = (await stage.service.list({ status: 'UNCONFIRMED' })).items;
    const listed = (await stage.caller.request('GET', '/_sandbox/payouts')).body as unknown as {
      id: string;
      external_id: string;
    }[];
    await stage.service.adopt(
      unknown!.id,
      listed.find(({ external_id }) => external_id === unknown!.externalId)!.id,
    );
    expect((await decide(file)).code).toBe(0);
    expect(await outcomes()).toEqual(['REISSUED', 'REISSUED']);
    expect(await payouts()).toBe(4);
  });

  it('sends again, with the same external id, what was refused only because of the connection or the key', async () => {
    const result = await reported({ fails: '999999' });
    const file = await filled(result, { fails: ['RETRY'] });
    // The old link was read just now, so the new one is the first to be refused.
    const settings = { XENDIT_API_KEY: stage.sandbox.apiKey, XENDIT_WEBHOOK_TOKENS: 't' };
    for (const [env, code, message] of [
      [{ ...settings, XENDIT_BASE_URL: 'http://127.0.0.1:1' }, 3, 'could not be reached'],
      [{ ...settings, XENDIT_API_KEY: 'unknown' }, 1, 'INVALID_API_KEY'],
    ] as const) {
      expect((await stage.start(['decide', file], env).ended).code).toBe(code);
      expect((await results()).fails).toMatchObject({
        result: 'NOT_DONE',
        replaced_by: 'fails-r1',
        message: expect.stringContaining(message),
      });
    }
    expect((await decide(file)).code).toBe(0);
    expect((await results()).fails).toMatchObject({ result: 'REISSUED', replaced_by: 'fails-r1' });
    expect(await payouts()).toBe(2);
  });

  it('says so when the outcome is unknown, and who must act when the provider knows nothing', async () => {
    const result = await reported({ hangs: '999999', gone: '999999' });
    const file = await filled(result, { hangs: ['RETRY'], gone: ['RETRY'] });
    await stage.database.query(
      `UPDATE payout_link SET provider_id = 'unknown-there', last_read_at = NULL WHERE external_id = 'gone'`,
    );
    await stage.caller.control('faults', { route: 'POST /payouts', kind: 'timeout-before', times: 4, ms: 1 });
    expect((await decide(file)).code).toBe(3);
    expect(await results()).toMatchObject({
      hangs: { result: 'UNCONFIRMED', replaced_by: 'hangs-r1' },
      gone: { result: 'REFUSED', message: expect.stringContaining('does not know the old payout link') },
    });
  });

  it('sends nothing when the results could not be written', async () => {
    const result = await reported({ fails: '999999' });
    const file = await filled(result, { fails: ['RETRY'] });
    await mkdir(join(folder, 'failures-result.csv', 'in the way'), { recursive: true });
    expect(await decide(file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was done'),
    });
    expect(await payouts()).toBe(1);
  });

  it('refuses a file that is not there, or a date that was never reconciled, with 2', async () => {
    const missing = await decide(join(folder, 'none.csv'));
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('none.csv cannot be read') });
  });
});
