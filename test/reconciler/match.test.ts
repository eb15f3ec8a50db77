import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { businessDate, readCsv, ReconcilerStage, type CsvRow } from './reconciler.stage.js';
import type { Ended } from '../support/programs.js';

interface MatchResult {
  account: string;
  from: string;
  to: string;
  reportSet: string;
  results: Record<string, { count: number; amount: string }>;
  fees: string;
  vat: string;
  balanced: boolean;
  exitCode: number;
}

const today = businessDate();

describe('match', () => {
  let stage: ReconcilerStage;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
  });
  afterAll(() => stage.close());

  const start = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
    stage.start(['match', '--from', today, '--to', today, ...args], env).ended;
  const match = async (...args: string[]): Promise<MatchResult> => {
    const ended = await start(['--json', ...args]);
    if (ended.stdout === '') throw new Error(ended.stderr);
    return JSON.parse(ended.stdout) as MatchResult;
  };
  const rows = ({ reportSet }: MatchResult): Promise<CsvRow[]> => readCsv(join(reportSet, 'matches.csv'));
  const transactions = async () =>
    (await stage.caller.request('GET', '/transactions?limit=50')).body.data as {
      id: string;
      reference_id: string;
    }[];
  const idOf = async (reference: string) =>
    (await transactions()).find(({ reference_id: name }) => name === reference)!.id;

  it.each(['transactions', 'balance'])(
    'fetches the %s report, and finds nothing when both sides agree',
    async (kind) => {
      await stage.createAndClaim(`${kind}-paid`);
      await stage.createAndClaim(`${kind}-failed`, '121212');
      const stuck = await stage.createAndClaim(`${kind}-stuck`, '131313', 30_000);
      await stage.create(`${kind}-open`);
      await stage.transfersDone();
      await stage.settled(stuck, 'REQUESTED');
      const outcome = await match('--fetch', '--kind', kind);
      expect(outcome).toMatchObject({
        account: 'default',
        from: today,
        to: today,
        balanced: true,
        exitCode: 0,
        results: { MATCHED: { count: expect.any(Number) }, ONLY_IN_BOOKS: { count: 0, amount: '0' } },
      });
      expect(Object.keys(outcome.results)).toHaveLength(7);
      const own = (await rows(outcome)).filter(({ external_id: id }) => id!.startsWith(kind));
      const states = own.map((row) => [row.external_id, row.result, row.book_status, row.statement_status]);
      const isBalance = kind === 'balance';
      expect(states).toEqual(
        expect.arrayContaining([
          // No webhook reported its success: it was read before the match reported on it.
          [`${kind}-paid`, 'MATCHED', 'SUCCEEDED', isBalance ? 'DEBITED' : 'SUCCESS'],
          [`${kind}-stuck`, 'MATCHED', 'REQUESTED', isBalance ? 'DEBITED' : 'PENDING'],
        ]),
      );
      expect(own).toHaveLength(3);
      const summary = await readCsv(join(outcome.reportSet, 'summary.csv'));
      expect(summary.find(({ line }) => line === 'pending')).toMatchObject(
        isBalance ? { count: '2', amount: '60000' } : { count: '0', amount: '0' },
      );
      expect((await readdir(outcome.reportSet)).toSorted()).toEqual([
        'manifest.json',
        'match.html',
        'match.xlsx',
        'matches.csv',
        'statement-1.csv',
        'summary.csv',
      ]);
    },
  );

  it.each(['transactions', 'balance'])('finds what differs in the %s report', async (kind) => {
    await stage.caller.control('transactions', { referenceId: `${kind}-foreign`, amount: 70_000 });
    await stage.createAndClaim(`${kind}-twice`, undefined, 60_000);
    const lost = await stage.createAndClaim(`${kind}-lost`, undefined, 80_000);
    await stage.transfersDone();
    await stage.settled(lost, 'SUCCEEDED');
    await stage.caller.control('transactions', { duplicateOf: await idOf(`${kind}-twice`) });
    await stage.caller.control('transactions', { hide: await idOf(`${kind}-lost`) });
    const ended = await start(['--fetch', '--kind', kind]);
    expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('to act on: see match.html')]);
    const [, folder] = /report +(\S+)/.exec(ended.stdout)!;
    const found = (await readCsv(join(folder!, 'matches.csv'))).filter(({ reference, external_id: id }) =>
      `${reference} ${id}`.includes(`${kind}-`),
    );
    expect(
      found
        .filter(({ result }) => result !== 'MATCHED')
        .map((row) => [row.result, row.external_id || row.reference, row.difference, row.book_status]),
    ).toEqual([
      ['DUPLICATE_IN_STATEMENT', `${kind}-twice`, '60000', ''],
      ['ONLY_IN_STATEMENT', `${kind}-foreign`, '70000', ''],
      ['ONLY_IN_BOOKS', `${kind}-lost`, '-80000', 'SUCCEEDED'],
    ]);
    const page = await readFile(join(folder!, 'match.html'), 'utf8');
    expect(page).toContain('The books do not agree with the statement');
    expect(page).toContain('paid twice: send nothing more to this recipient');
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it('reads nothing with --no-read, and leaves unknown references to others with --references', async () => {
    await stage.createAndClaim('unread', undefined, 90_000);
    await stage.transfersDone();
    const { id } = await stage.service.getByExternalId('unread');
    const unread = await match('--fetch', '--no-read');
    expect((await rows(unread)).find(({ external_id: name }) => name === 'unread')).toMatchObject({
      result: 'STATUS_DIFFERS',
      book_status: 'PENDING',
      statement_status: 'SUCCESS',
    });
    expect((await stage.service.get(id)).status).toBe('PENDING');
    const ours = await match('--fetch', '--references', 'unread,transactions-t,balance-t');
    expect(ours.results.ONLY_IN_STATEMENT!.count).toBe(0);
    expect((await stage.service.get(id)).status).toBe('SUCCEEDED');
    expect((await stage.service.history(id)).at(-1)).toMatchObject({ to: 'SUCCEEDED', source: 'POLL' });
  });

  it('says of which links there was no response', async () => {
    const link = await stage.createAndClaim('silent', undefined, 95_000);
    await stage.transfersDone();
    await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '500', times: 50 });
    const outcome = await match('--fetch');
    expect(outcome.exitCode).toBe(4);
    const row = (await rows(outcome)).find(({ external_id: name }) => name === 'silent');
    expect(row).toMatchObject({
      result: 'STATUS_DIFFERS',
      recommended_action: expect.stringContaining('(the link was not read again at the provider)'),
    });
    await stage.caller.control('reset', {});
    expect(link.externalId).toBe('silent');
  });

  it('replaces the set of the same period: its statements too, not what people put beside it', async () => {
    await stage.createAndClaim('again', undefined, 50_000);
    await stage.transfersDone();
    const first = await match('--fetch', '--references', 'again');
    const file = join(stage.reportsDir, 'export.csv');
    await writeFile(file, await readFile(join(first.reportSet, 'statement-1.csv')));
    const both = await match(file, file, '--references', 'again');
    expect(await readdir(both.reportSet)).toEqual(
      expect.arrayContaining(['statement-1.csv', 'statement-2.csv']),
    );
    await writeFile(join(both.reportSet, 'our notes.txt'), 'checked');
    const one = await match(file, '--references', 'again');
    expect(one.reportSet).toBe(first.reportSet);
    const names = await readdir(one.reportSet);
    expect(names).toContain('our notes.txt');
    expect(names).not.toContain('statement-2.csv');
    const manifest = JSON.parse(await readFile(join(one.reportSet, 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      account: 'default',
      from: today,
      to: today,
      timezone: expect.any(String),
      statements: [
        {
          file: 'statement-1.csv',
          kind: 'transactions',
          rows: 1,
          sha256: expect.stringMatching(/^[\da-f]{64}$/),
        },
      ],
      files: { 'matches.csv': { sums: {} }, 'match.html': { rows: 0 } },
    });

    const verify = () => stage.start(['verify', one.reportSet]).ended;
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('our notes.txt') });
    await rm(join(one.reportSet, 'statement-1.csv'));
    expect(await verify()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('statement-1.csv, a file of the provider, is no longer'),
    });
    const summary = join(one.reportSet, 'summary.csv');
    await writeFile(
      summary,
      (await readFile(summary, 'utf8')).replace('statement,1,50000', 'statement,1,60000'),
    );
    const changed = await verify();
    expect(changed.code).toBe(4);
    expect(changed.stdout).toContain('summary.csv: its SHA-256 is');
    expect(changed.stdout).toContain('summary.csv does not balance: 10000 are left over');
  });

  it.each([
    [['--from', '2026-01-31', '--to', '2026-01-01', '--fetch'], '--from 2026-01-31 is after --to 2026-01-01'],
    [[], 'give the files of a statement, or --fetch'],
    [['file.csv', '--fetch'], 'give files or --fetch, not both'],
    [['file.csv', '--kind', 'balance'], '--kind goes with --fetch'],
    [['--fetch', '--kind', 'billing'], 'Allowed choices are transactions, balance'],
    [['--fetch', '--edge-hours', '-1'], 'Give a number of hours'],
    [['--fetch', '--references', 'a,,b'], 'Give prefixes separated by commas'],
  ])('%j is bad usage', async (args, message) => {
    const ended = await start(args);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('reports a failure as JSON too, and without the key', async () => {
    const env = { XENDIT_API_KEY: 'refused_key_of_no_one', XENDIT_WEBHOOK_TOKENS: 'token' };
    const none = await start(['--fetch', '--json'], env);
    expect(none.code).toBe(1);
    expect(JSON.parse(none.stdout)).toEqual({
      account: 'default',
      from: today,
      to: today,
      reportSet: null,
      results: null,
      fees: null,
      vat: null,
      balanced: null,
      exitCode: 1,
    });
    expect(none.stderr).toContain('The provider refused the key (HTTP 401)');
    expect(none.stderr).not.toContain('of_no_one');
  });
});
