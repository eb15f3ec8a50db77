import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync, crc32 } from 'node:zlib';
import { stringify } from 'csv-stringify/sync';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readDecidedFile } from '../../apps/reconciler/src/decide/decided-file.js';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { businessDate, ReconcilerStage, type RunResult } from '../reconciler/reconciler.stage.js';

const today = businessDate();
const PEAK_MEMORY = ['--import', new URL('../support/peak-memory.mjs', import.meta.url).href];

describe('hostile files', () => {
  let stage: ReconcilerStage;
  let slot: RunResult;
  let folder: string;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    await stage.createAndClaim('fails', '999999');
    const long = await stage.service.create({
      externalId: 'x'.repeat(255),
      amount: 50_000,
      email: 'siti@example.com',
    });
    await stage.caller.claim(long.providerId!, '999999');
    await stage.createAndClaim('taken', '999999');
    await stage.create('taken-r1');
    await stage.transfersDone();
    slot = (await stage.run(['--date', today])).runs[0]!;
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const reported = async (): Promise<string[][]> =>
    parse(await readFile(join(slot.reportSet, 'failures.csv')), { bom: true });
  const given = async (text: string | Buffer, name = 'failures.csv') => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };
  const decide = (file: string, ...more: string[]) => stage.start(['decide', file, ...more]).ended;
  const decided = async (word: string) => {
    const [header, ...rows] = await reported();
    const at = header!.indexOf('decision');
    for (const row of rows) row[at] = word;
    await cp(join(slot.reportSet, 'manifest.json'), join(folder, 'manifest.json'));
    return given(stringify([header!, ...rows]));
  };
  /** What each external id came to. */
  const resultsOf = (stdout: string) =>
    Object.fromEntries(
      [...stdout.matchAll(/^ {2}(\S+) {2}(\S+)/gm)].map(([, externalId, result]) => [externalId!, result!]),
    );

  it('with a needed column twice are refused, naming it, and nothing is sent', async () => {
    const [header, ...rows] = await reported();
    const twice = (name: string) =>
      Buffer.from(
        stringify([[...header!, ` ${name.toUpperCase()}`], ...rows.map((row) => [...row, 'RETRY'])]),
      );
    for (const name of ['decision', 'note', 'external_id', 'amount'])
      await expect(readDecidedFile(twice(name))).rejects.toThrow(`the column ${name} twice`);
    const { code, stderr } = await decide(await given(twice('decision')));
    expect([code, stderr]).toEqual([2, expect.stringContaining('the column decision twice')]);
  });

  it.each([
    ['of no calendar', '{"account":"default","date":"2026-13-45"}'],
    ['of a list', '{"account":"default","date":["2026-01-01"]}'],
    ['that is no JSON', '{'],
    ['that is null', 'null'],
    ['with SQL for an account', '{"account":"\'; DROP TABLE payout_link","date":"x"}'],
  ])(
    'with a manifest %s are refused with what is wrong, not with a message of the database',
    async (_, manifest) => {
      const file = await decided('CONTACTED');
      await writeFile(join(folder, 'manifest.json'), manifest);
      const { code, stderr } = await decide(file);
      expect([code, stderr]).toEqual([2, expect.stringContaining('does not belong to a report set')]);
    },
  );

  it('with a manifest that is a device or a pipe are refused at once', async () => {
    const file = await decided('CONTACTED');
    await rm(join(folder, 'manifest.json'));
    await symlink('/dev/zero', join(folder, 'manifest.json'));
    expect((await decide(file)).code).toBe(2);
    await rm(join(folder, 'manifest.json'));
    await promisify(execFile)('mkfifo', [join(folder, 'manifest.json')]);
    expect((await decide(file)).code).toBe(2);
  });

  it('of a trial promise nothing that the run then refuses', async () => {
    const file = await decided('RETRY');
    const trial = resultsOf((await decide(file, '--dry-run')).stdout);
    const run = resultsOf((await decide(file)).stdout);
    const promised = Object.entries(trial).filter(([, result]) => result.startsWith('WOULD_'));
    expect(promised.map(([externalId]) => externalId)).toEqual(['fails']);
    expect(Object.entries(run).filter(([, result]) => result === 'REISSUED')).toEqual([
      ['fails', 'REISSUED'],
    ]);
  });

  it('of a trial are refused where the results of a run could not be written', async () => {
    const file = await decided('CONTACTED');
    await symlink(file, join(folder, 'failures-result.csv'));
    const [trial, run] = [await decide(file, '--dry-run'), await decide(file)];
    expect([trial.code, trial.stderr]).toEqual([run.code, run.stderr]);
    expect(trial.code).toBe(1);
  });

  it('that are too large are refused before they are read', async () => {
    const file = await given('');
    await truncate(file, 200_000_000);
    for (const command of ['decide', 'create', 'import']) {
      const memory = join(folder, 'memory.json');
      const env = { PEAK_MEMORY_FILE: memory, NODE_OPTIONS: PEAK_MEMORY.join(' ') };
      const { code, stderr } = await stage.start([command, file], env).ended;
      expect([code, stderr]).toEqual([2, expect.stringContaining('larger than 64000000 bytes')]);
      const { resident } = JSON.parse(await readFile(memory, 'utf8')) as { resident: number };
      expect(resident).toBeLessThan(300_000_000);
    }
  });

  it('that unpack to more than any workbook are refused before a workbook is made of them', async () => {
    // Says of itself that it is small.
    const bomb = zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(450_000_000), 100);
    await expect(readDecidedFile(bomb)).rejects.toMatchObject({
      message: expect.stringContaining('too large'),
    });
  });

  describe('in place of a set', () => {
    let copy: string;
    beforeEach(async () => {
      copy = join(folder, 'set');
      await cp(slot.reportSet, copy, { recursive: true });
    });

    it.each(['failures.csv', 'report.xlsx', 'roll-forward.csv', 'open-links.csv'])(
      'that lead from %s to an endless device, or are a pipe, are a difference at once',
      async (name) => {
        await rm(join(copy, name));
        await symlink('/dev/zero', join(copy, name));
        expect((await verifyReportSet(copy)).differences.join()).toContain(
          `${name}: cannot be read (it is not a file)`,
        );
        await rm(join(copy, name));
        await promisify(execFile)('mkfifo', [join(copy, name)]);
        expect((await verifyReportSet(copy)).differences.join()).toContain(
          `${name}: cannot be read (it is not a file)`,
        );
      },
    );

    it('that are far larger than their manifest says are not read', async () => {
      await truncate(join(copy, 'failures.csv'), 1_000_000_000_000);
      expect((await verifyReportSet(copy)).differences.join()).toMatch(
        /failures\.csv: it has 1000000000000 bytes, the manifest says \d+/,
      );
    });

    it('with a manifest that is a device are no set', async () => {
      await rm(join(copy, 'manifest.json'));
      await symlink('/dev/zero', join(copy, 'manifest.json'));
      await expect(verifyReportSet(copy)).rejects.toMatchObject({ code: 'NO_REPORT_SET' });
    });
  });

  it('as the folder of an account, a link that leads nowhere, are named with what to do', async () => {
    const reports = join(folder, 'reports');
    await promisify(execFile)('mkdir', [reports]);
    await symlink(join(folder, 'nowhere'), join(reports, 'default'));
    const { code, stderr } = await stage.start(['run', '--date', today], { REPORTS_DIR: reports }).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/a part of the path is not a folder.*Fix REPORTS_DIR/s),
    ]);
  });

  it.each(['0x10', '1e3', 'Infinity', '-1', '0', ' 5', '99999999999', '5m'])(
    'are not needed to refuse --max-minutes %s',
    async (minutes) => {
      const { code, stderr } = await stage.start(['run', '--max-minutes', minutes]).ended;
      expect([code, stderr]).toEqual([2, expect.stringContaining('Give a number of minutes greater than 0')]);
    },
  );
});

/** A ZIP archive with one entry, which claims to unpack to so many bytes. */
function zipOf(name: string, content: Buffer, claimed: number): Buffer {
  const packed = deflateRawSync(content);
  const path = Buffer.from(name);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(claimed, 18);
  fields.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, path, packed]);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002'),
    Buffer.from([20, 0]),
    fields,
    Buffer.alloc(14),
    path,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
