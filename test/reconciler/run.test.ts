import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import {
  businessDate,
  outcomeOf,
  ReconcilerStage,
  type CsvRow,
  type Outcome,
  type RunResult,
  TIMEZONE,
} from './reconciler.stage.js';

const FAILURES = {
  '123456': 'TEMPORARY_TRANSFER_ERROR',
  '999999': 'REJECTED_BY_CHANNEL',
  '121212': 'INVALID_DESTINATION',
  '111111': 'DESTINATION_MAXIMUM_LIMIT',
  '222222': 'TRANSFER_ERROR',
  '444444': 'INSUFFICIENT_BALANCE',
};

const today = businessDate();

describe('a run over links that no webhook reported', () => {
  let stage: ReconcilerStage;
  let outcome: Outcome;
  let result: RunResult;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    for (const [account] of Object.entries(FAILURES)) await stage.createAndClaim(`fails-${account}`, account);
    for (let index = 0; index < 5; index += 1)
      await stage.createAndClaim(`good-${index}`, undefined, 100_000);
    await stage.create('waits', 70_000);
    await stage.createAndClaim('under-way', '131313', 30_000);
    // Refused: more than the balance.
    await stage.create('too-much', 20_000_000_000).catch(() => undefined);
    await stage.transfersDone();
    outcome = await stage.run(['--date', today]);
    result = outcome.runs[0]!;
  });
  afterAll(() => stage.close());

  it('ends with 0, polls every open link once, and says so', async () => {
    expect([outcome.code, outcome.exitCode, outcome.runs.length]).toEqual([0, 0, 1]);
    expect(result).toMatchObject({
      account: 'default',
      date: today,
      provisional: true,
      reportSet: join(stage.reportsDir, 'default', today),
      coverage: {
        open: 13,
        read: 13,
        unreachable: 0,
        unreachableLinks: [],
        unconfirmed: 0,
        firstSeenByPoll: 1,
      },
      failures: 7,
      footed: true,
    });
    expect(Object.values(await stage.polls())).toEqual(Array.from({ length: 13 }, () => 1));
  });

  it('finds every failure and says what to do', async () => {
    const failures = await stage.csv(result, 'failures.csv');
    const byId = new Map(failures.map((row) => [row.external_id, row]));
    for (const [account, failureCode] of Object.entries(FAILURES)) {
      expect(byId.get(`fails-${account}`)).toMatchObject({
        change: 'NEW',
        account: 'default',
        recipient_email: `fails-${account}@example.com`,
        amount: '50000',
        currency: 'IDR',
        status: 'FAILED',
        failure_stage: 'CLAIM',
        failure_code: failureCode,
        attempt: '1',
        detected_by: 'POLL',
        days_open: '0',
        timezone: TIMEZONE,
        decision: '',
        note: '',
      });
    }
    expect(byId.get('fails-123456')).toMatchObject({ retry: 'RETRY_LATER', owner: 'NOBODY' });
    expect(byId.get('fails-123456')!.retry_not_before).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(byId.get('too-much')).toMatchObject({
      status: 'REJECTED',
      failure_stage: 'CREATE',
      failure_code: 'INSUFFICIENT_BALANCE',
      provider_id: '',
      retry: 'RETRY',
      owner: 'TREASURY',
    });
  });

  it('lists what is still open, with the time of its last read', async () => {
    const open = await stage.csv(result, 'open-links.csv');
    expect(open.map(({ external_id, status, amount }) => [external_id, status, amount])).toEqual([
      ['waits', 'PENDING', '70000'],
      ['under-way', 'REQUESTED', '30000'],
    ]);
    expect(open[0]!.last_read_at).not.toBe('');
  });

  it('balances', async () => {
    const rollForward = await stage.csv(result, 'roll-forward.csv');
    expect(
      Object.fromEntries(rollForward.map(({ line, count, amount }) => [line, `${count} ${amount}`])),
    ).toEqual({
      opening: '0 0',
      created: '14 20000900000',
      succeeded: '5 500000',
      failed: '6 300000',
      expired: '0 0',
      voided: '0 0',
      rejected: '1 20000000000',
      reopened: '0 0',
      closing: '2 100000',
      difference: '0 0',
      reversed: '0 0',
      failures_opening: '0 0',
      failures_new: '7 20000300000',
      failures_reopened: '0 0',
      failures_replaced: '0 0',
      failures_settled: '0 0',
      failures_written_off: '0 0',
      failures_closing: '7 20000300000',
      failures_difference: '0 0',
    });
  });
});

describe('runs of one date after another', () => {
  let stage: ReconcilerStage;
  /** What a set passes on to the next date, read before the database ages further. */
  interface Ends {
    opening: unknown;
    closing: unknown;
    sha256: string;
    previousManifestSha256: string;
  }
  let provisional: Outcome;
  let yesterday: Outcome;
  let repeated: { byDate: Outcome; byDefault: Outcome; pollsBefore: object; pollsAfter: object };
  let later: Outcome;
  let ends: Ends[];
  let failures: CsvRow[][];

  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    await stage.createAndClaim('first', '121212');
    const second = await stage.createAndClaim('second', '444444', 80_000);
    await stage.create('waits', 60_000);
    await stage.transfersDone();
    provisional = await stage.run(['--date', today]);

    await stage.age(1);
    yesterday = await stage.run();
    const pollsBefore = await stage.polls();
    repeated = {
      byDate: await stage.run(['--date', businessDate(-1)]),
      byDefault: await stage.run(),
      pollsBefore,
      pollsAfter: await stage.polls(),
    };
    ends = [await endsOf(yesterday.runs[0]!)];

    const replacement = await stage.service.reissue(second.id, { reason: 'topped up' });
    await stage.caller.claim(replacement.providerId!);
    await stage.transfersDone();
    const third = await stage.createAndClaim('third', '999999');
    await stage.transfersDone();
    // The provider's clock does not age: its times must be known before.
    await stage.settled(replacement, 'SUCCEEDED');
    await stage.settled(third, 'FAILED');
    await stage.age(2);
    later = await stage.run();
    for (const slot of later.runs) ends.push(await endsOf(slot));
    failures = await Promise.all(later.runs.map((slot) => stage.csv(slot, 'failures.csv')));
  });
  afterAll(() => stage.close());

  const endsOf = async (result: RunResult): Promise<Ends> => {
    const lines = await stage.csv(result, 'roll-forward.csv');
    const manifest = await readFile(join(result.reportSet, 'manifest.json'), 'utf8');
    const totals = (name: string) =>
      lines.filter(({ line }) => line === name).map(({ count, amount }) => [count, amount]);
    return {
      opening: totals('opening'),
      closing: totals('closing'),
      sha256: createHash('sha256').update(manifest).digest('hex'),
      previousManifestSha256: (JSON.parse(manifest) as { previousManifestSha256: string })
        .previousManifestSha256,
    };
  };
  const changesOf = (rows: readonly CsvRow[]) =>
    Object.fromEntries(rows.map((row) => [row.external_id, `${row.change} ${row.retry}`]));

  it('are provisional until the date is over', () => {
    expect(provisional.runs[0]).toMatchObject({ provisional: true, failures: 2, footed: true });
    expect(yesterday.code).toBe(0);
    expect(yesterday.runs).toMatchObject([
      { date: businessDate(-1), provisional: false, failures: 2, footed: true },
    ]);
  });

  it('do not run a sealed date again: they return its result and poll nothing', () => {
    expect(repeated.byDate.runs).toEqual(yesterday.runs);
    expect(repeated.byDefault.runs).toEqual(yesterday.runs);
    expect(repeated.pollsAfter).toEqual(repeated.pollsBefore);
  });

  it('make up for missed dates in order, each balanced', () => {
    expect(later.runs.map(({ date, footed }) => [date, footed])).toEqual([
      [businessDate(-2), true],
      [businessDate(-1), true],
    ]);
  });

  it('show what is new, still open and settled since the date before', () => {
    expect(failures.map(changesOf)).toEqual([
      {
        first: 'STILL_OPEN DO_NOT_RETRY',
        second: 'REPLACED DO_NOT_RETRY',
        third: 'NEW RETRY',
      },
      { first: 'STILL_OPEN DO_NOT_RETRY', third: 'STILL_OPEN RETRY' },
    ]);
  });

  it('need no action for a failure that was replaced', () => {
    expect(failures[0]!.find(({ change }) => change === 'REPLACED')).toMatchObject({
      replaced_by: 'second-r1',
      owner: 'NOBODY',
      recommended_action: 'replaced: see second-r1',
    });
  });

  it('open with the closing of the date before, and name its manifest', () => {
    for (const [index, now] of ends.slice(1).entries()) {
      expect(now.opening).toEqual(ends[index]!.closing);
      expect(now.previousManifestSha256).toBe(ends[index]!.sha256);
    }
  });
});

describe('reconcile run', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('writes a manifest that its files agree with, and leaves nothing else in the folder', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.create('waits');
    await stage.transfersDone();
    const { runs } = await stage.run(['--date', today]);
    const { reportSet } = runs[0]!;
    const manifest = JSON.parse(await readFile(join(reportSet, 'manifest.json'), 'utf8')) as {
      files: Record<string, { rows: number; sums: object; sha256: string }>;
    };
    expect(manifest).toMatchObject({
      account: 'default',
      date: today,
      asOf: runs[0]!.asOf,
      provisional: true,
      incomplete: false,
      timezone: TIMEZONE,
      catalogueVersion: expect.any(String),
      coverage: runs[0]!.coverage,
      previousManifestSha256: null,
      files: {
        'failures.csv': { rows: 1, sums: { IDR: { FAILED: '50000' } } },
        'open-links.csv': { rows: 1, sums: { IDR: { PENDING: '50000' } } },
        'roll-forward.csv': { rows: 19, sums: {} },
        'discrepancies.csv': { rows: 0, sums: {} },
      },
    });
    expect((await readdir(reportSet)).toSorted()).toEqual(
      [...Object.keys(manifest.files), 'manifest.json'].toSorted(),
    );
    for (const [file, { sha256 }] of Object.entries(manifest.files)) {
      const bytes = await readFile(join(reportSet, file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(await stage.setsOf()).toEqual([today]);
  });

  it('names the links that had no usable response and ends with 3; a 404 is a response', async () => {
    const gone = await stage.create('gone');
    await stage.database.query('UPDATE payout_link SET provider_id = $2 WHERE id = $1', [
      gone.id,
      'unknown-there',
    ]);
    const missing = await stage.run(['--date', today]);
    expect(missing).toMatchObject({ code: 0, runs: [{ coverage: { open: 1, read: 1 }, discrepancies: 1 }] });

    await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: 'garbage', times: 50 });
    const unreachable = await stage.run(['--date', today]);
    expect(unreachable).toMatchObject({
      code: 3,
      exitCode: 3,
      runs: [{ footed: true, coverage: { open: 1, read: 0, unreachable: 1, unreachableLinks: ['gone'] } }],
    });
  });

  it('writes nothing and ends with 1 when the provider refuses the key, and continues once it is fixed', async () => {
    await stage.create('waits');
    const refused = await stage.run(['--date', today], {
      XENDIT_API_KEY: 'not-a-key-of-the-sandbox',
      XENDIT_WEBHOOK_TOKENS: 'token',
    });
    expect(refused).toMatchObject({ code: 1, runs: [], exitCode: 1 });
    expect(refused.stderr).toContain('refused the key of the account "default" (HTTP 401)');
    expect(refused.stderr).not.toContain('not-a-key-of-the-sandbox');
    expect(await readdir(stage.reportsDir)).toEqual([]);
    expect(await stage.run(['--date', today])).toMatchObject({ code: 0, runs: [{ coverage: { read: 1 } }] });
  });

  it('lets a second run of the slot wait, read nothing and end like the first', async () => {
    for (let index = 0; index < 5; index += 1) await stage.create(`link-${index}`);
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    const env = { XENDIT_BASE_URL: proxy.url };
    try {
      let release = () => undefined as void;
      const released = new Promise<void>((done) => (release = done));
      proxy.beforeResponse = () => released;
      const first = stage.start(['run', '--json', '--date', today], env);
      await until('the first reads', () => proxy.passed.length > 0);
      const second = stage.start(['run', '--json', '--date', today], env);
      await until('the second waits', () => second.stderr().includes('another run is under way'));
      release();
      const [one, two] = (await Promise.all([first.ended, second.ended])).map((ended) => outcomeOf(ended));
      expect(one!.runs).toHaveLength(1);
      expect(two!.runs).toEqual(one!.runs);
      expect([one!.code, two!.code]).toEqual([0, 0]);
      expect(Object.values(await stage.polls())).toEqual(Array.from({ length: 5 }, () => 1));
    } finally {
      await proxy.close();
    }
  });

  it('polls a link that changes during its poll again, with another permit', async () => {
    const link = await stage.create('moves');
    const proxy = await ProviderProxy.open(stage.sandbox.url);
    try {
      let voided: Promise<unknown> | undefined;
      proxy.beforeResponse = () => (voided ??= stage.service.void(link.id));
      const outcome = await stage.run(['--date', today], { XENDIT_BASE_URL: proxy.url });
      expect(outcome).toMatchObject({ code: 0, runs: [{ coverage: { open: 1, read: 1 }, footed: true }] });
      expect(await stage.csv(outcome.runs[0]!, 'open-links.csv')).toEqual([]);
      expect(await stage.csv(outcome.runs[0]!, 'discrepancies.csv')).toEqual([]);
    } finally {
      await proxy.close();
    }
  });

  it('continues after a kill', async () => {
    for (let index = 0; index < 30; index += 1) await stage.create(`link-${index}`);
    const env = { RECONCILE_RATE_PER_MINUTE: '1200', RECONCILE_CONCURRENCY: '4' };
    const first = stage.start(['run', '--date', today], env);
    await until('half is read', async () => Object.keys(await stage.polls()).length >= 10);
    first.child.kill('SIGKILL');
    await first.ended;
    const { code, runs } = await stage.run(['--date', today], env);
    expect({ code, runs }).toMatchObject({
      code: 0,
      runs: [{ coverage: { open: 30, read: 30 }, footed: true }],
    });
    const polls = Object.values(await stage.polls());
    expect(polls).toHaveLength(30);
    expect(polls.filter((count) => count > 1).length).toBeLessThanOrEqual(4);
  });

  it('ends within seconds on SIGTERM, with 0, and continues with the next run', async () => {
    for (let index = 0; index < 30; index += 1) await stage.create(`link-${index}`);
    const running = stage.start(['run', '--date', today], { RECONCILE_RATE_PER_MINUTE: '60' });
    await until('it reads', async () => Object.keys(await stage.polls()).length >= 1);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    expect(await stage.run(['--date', today])).toMatchObject({ code: 0, runs: [{ coverage: { read: 30 } }] });
    expect(Object.values(await stage.polls())).toEqual(Array.from({ length: 30 }, () => 1));
  });

  it('refuses to start while links of an account without a key are in the database, naming it', async () => {
    await stage.create('waits');
    await stage.database.query("UPDATE payout_link SET account = 'branch'");
    const { code, stderr } = await stage.run();
    expect(code).toBe(2);
    expect(stderr).toContain('the key of the account "branch"');
  });
});
