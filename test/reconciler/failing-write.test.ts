import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { replaceReportSet } from '../../apps/reconciler/src/report/report-set.js';
import { verifyReportSet } from '../../apps/reconciler/src/report/verify.js';
import { until } from '../support/until.js';
import { Histories } from './histories.js';
import { businessDate, outcomeOf, ReconcilerStage } from './reconciler.stage.js';
import { expectSameFiles, filesOf } from './report.files.js';

const today = businessDate();
const NOT_WRITTEN =
  /The report set .* was not written: (.*) \((?:.*)\)\. The set that was there is as it was\. /;

describe('a report set that is written in the place of another', () => {
  let stage: ReconcilerStage;
  let account: string;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
    account = join(stage.reportsDir, 'default');
  });
  afterEach(() => stage.close());

  /** Refused ones, which no run has to poll. */
  const refuse = async (count: number) => {
    const at = new Date();
    const links = Array.from({ length: count }, (_, index) => ({
      account: 'default',
      externalId: `refused-${count}-${index}`,
      amount: 10_000n,
      email: 'recipient@example.com',
      changes: [
        { to: 'CREATING' as const, recordedAt: at },
        { to: 'REJECTED' as const, recordedAt: at, failureCode: 'INSUFFICIENT_BALANCE' },
      ],
    }));
    await new Histories(stage.database).record(links, at);
  };

  const writeFirst = async () => {
    await refuse(1);
    const { code, runs } = await stage.run(['--date', today]);
    expect([code, runs[0]!.failures]).toEqual([0, 1]);
    return filesOf(join(account, today));
  };

  const expectNext = async (failures: number) => {
    const next = await stage.run(['--date', today]);
    expect(next).toMatchObject({ code: 0, runs: [{ failures, footed: true }] });
    expect((await verifyReportSet(join(account, today))).differences).toEqual([]);
    expect(await stage.setsOf()).toEqual([today]);
  };

  it('is not there when its program is killed in the middle; the next one clears up and writes it', async () => {
    const first = await writeFirst();
    await refuse(2);
    const holder = new pg.Client({ connectionString: stage.database.url });
    await holder.connect();
    try {
      // Two files are written by then, the third waits for its rows.
      await holder.query('BEGIN; LOCK TABLE payout_link_discrepancy IN ACCESS EXCLUSIVE MODE');
      const { child, ended } = stage.start(['run', '--date', today]);
      await until('it is in the middle of writing', async () => {
        const temporary = (await stage.setsOf()).find((name) => name !== today);
        return temporary && (await readdir(join(account, temporary))).includes('discrepancies.csv');
      });
      child.kill('SIGKILL');
      await ended;
    } finally {
      await holder.end();
    }
    expectSameFiles(await filesOf(join(account, today)), first);
    await expectNext(3);
  });

  it('is not there when a file gets too large for its program, which says so', async () => {
    const first = await writeFirst();
    await refuse(2_000);
    const limited = stage.start(['run', '--json', '--date', today], {}, [
      'sh',
      '-c',
      'ulimit -f 100; exec "$@"',
      'sh',
    ]);
    const { code, stderr, runs } = outcomeOf(await limited.ended);
    expect([code, runs]).toEqual([1, []]);
    expect(NOT_WRITTEN.exec(stderr)?.[1]).toBe('a file became larger than this program may write');
    expectSameFiles(await filesOf(join(account, today)), first);
    expect(await stage.setsOf()).toEqual([today]);
    await expectNext(2_001);
  });

  it('is not there when the disk is full, and its program says so', async () => {
    const mounted = mount(stage.reportsDir);
    if (mounted !== null) {
      process.stderr.write(`a full disk: left out, a small disk cannot be mounted here (${mounted})\n`);
      return;
    }
    try {
      const first = await writeFirst();
      await refuse(2_000);
      const { code, stderr, runs } = await stage.run(['--date', today]);
      expect([code, runs]).toEqual([1, []]);
      expect(NOT_WRITTEN.exec(stderr)?.[1]).toBe('the disk is full');
      expectSameFiles(await filesOf(join(account, today)), first);
      expect(await stage.setsOf()).toEqual([today]);
      spawnSync('mount', ['-o', 'remount,size=100m', stage.reportsDir]);
      await expectNext(2_001);
    } finally {
      spawnSync('umount', [stage.reportsDir]);
    }
  });
});

describe('the folder of a report set', () => {
  let reports: string;
  let folder: string;
  beforeEach(async () => {
    reports = await mkdtemp(join(tmpdir(), 'reports-'));
    folder = join(reports, 'default', '2026-11-23');
    await replaceReportSet(folder, fillWith('first'));
  });
  afterEach(() => rm(reports, { recursive: true }));

  const fillWith = (text: string) => (temporary: string) => writeFile(join(temporary, 'file'), text);
  const text = async () => (await filesOf(folder)).get('file')?.toString();

  it('has its old set again when the new one cannot be put in its place', async () => {
    // It disappears before it is renamed, after the old one was moved away.
    const vanishing = replaceReportSet(folder, (temporary) => rm(temporary, { recursive: true }));
    await expect(vanishing).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await text()).toBe('first');
    expect(await readdir(join(reports, 'default'))).toEqual(['2026-11-23']);
  });

  it('restores the set that a kill between the two renames has left under another name, even if writing fails then', async () => {
    const beside = join(reports, 'default', '.2026-11-23.old');
    await mkdir(beside);
    await rm(folder, { recursive: true });
    await fillWith('left there')(beside);
    const failing = replaceReportSet(folder, async () => {
      throw new Error('no rows today');
    });
    await expect(failing).rejects.toThrow('no rows today');
    expect(await text()).toBe('left there');
  });

  it('loses nothing of another date to the clearing up', async () => {
    const other = join(reports, 'default', '.2026-11-22.new-under-way');
    await mkdir(other);
    await replaceReportSet(folder, fillWith('second'));
    expect(await text()).toBe('second');
    expect(await readdir(join(reports, 'default'))).toEqual(['.2026-11-22.new-under-way', '2026-11-23']);
  });

  it('says what to do where it may not be', async () => {
    const impossible = join(folder, 'file', '2026-11-23');
    await expect(replaceReportSet(impossible, fillWith('nothing'))).rejects.toMatchObject({
      code: 'REPORT_NOT_WRITTEN',
      message: expect.stringMatching(
        /was not written: a part of the path is not a folder .* There was none before\. Fix REPORTS_DIR, then/,
      ),
    });
  });
});

/** A disk too small for a set of some thousand rows; null, or why it is not available. */
function mount(folder: string): string | null {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder]);
  return status === 0 ? null : (error?.message ?? stderr.toString().trim());
}
