import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { businessDate, readCsv, ReconcilerStage, type CsvRow } from './reconciler.stage.js';

interface MatchResult {
  reportSet: string;
  results: Record<string, { count: number; amount: string }>;
  fees: string;
  vat: string;
  balanced: boolean;
  exitCode: number;
}

describe('match --fetch', () => {
  let stage: ReconcilerStage;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
  });
  afterAll(() => stage.close());

  const today = businessDate();
  const match = async (...args: string[]): Promise<MatchResult> => {
    const ended = await stage.start(['match', '--from', today, '--to', today, '--json', ...args]).ended;
    if (ended.stdout === '') throw new Error(ended.stderr);
    return JSON.parse(ended.stdout) as MatchResult;
  };
  const rows = ({ reportSet }: MatchResult): Promise<CsvRow[]> => readCsv(join(reportSet, 'matches.csv'));
  const transactions = async () =>
    (await stage.caller.request('GET', '/transactions?limit=50')).body.data as {
      id: string;
      reference_id: string;
    }[];

  it.each(['transactions', 'balance'])(
    'reads what is only late here, and finds nothing when both sides agree: %s',
    async (kind) => {
      await stage.createAndClaim(`${kind}-paid`);
      await stage.createAndClaim(`${kind}-failed`, '121212');
      await stage.createAndClaim(`${kind}-stuck`, '131313');
      await stage.create(`${kind}-open`);
      await stage.transfersDone();
      const outcome = await match('--fetch', '--kind', kind);
      expect(outcome).toMatchObject({ balanced: true, exitCode: 0 });
      const found = await rows(outcome);
      const own = found.filter(({ external_id: id }) => id!.startsWith(kind));
      expect(own.map((row) => [row.external_id, row.result, row.book_status])).toEqual(
        expect.arrayContaining([
          [`${kind}-paid`, 'MATCHED', 'SUCCEEDED'],
          [`${kind}-failed`, 'MATCHED', kind === 'transactions' ? 'FAILED' : 'PENDING'],
          [`${kind}-stuck`, 'MATCHED', kind === 'transactions' ? 'PENDING' : 'REQUESTED'],
        ]),
      );
      expect(own).toHaveLength(3);
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

  it.each(['transactions', 'balance'])('finds what differs: %s', async (kind) => {
    await stage.caller.control('transactions', { referenceId: `${kind}-foreign`, amount: 70_000 });
    await stage.createAndClaim(`${kind}-twice`, undefined, 60_000);
    const lost = await stage.createAndClaim(`${kind}-lost`, undefined, 80_000);
    await stage.transfersDone();
    await stage.settled(lost, 'SUCCEEDED');
    const idOf = async (reference: string) =>
      (await transactions()).find(({ reference_id }) => reference_id === reference)!.id;
    await stage.caller.control('transactions', { duplicateOf: await idOf(`${kind}-twice`) });
    await stage.caller.control('transactions', { hide: await idOf(`${kind}-lost`) });
    const outcome = await match('--fetch', '--kind', kind);
    expect(outcome).toMatchObject({ balanced: true, exitCode: 4 });
    const findings = (await rows(outcome)).filter(({ reference, external_id: id }) =>
      `${reference} ${id}`.includes(`${kind}-`),
    );
    expect(
      findings
        .filter(({ result }) => result !== 'MATCHED')
        .map((row) => [row.result, row.reference || row.external_id, row.difference]),
    ).toEqual([
      ['DUPLICATE_IN_STATEMENT', `${kind}-twice`, '60000'],
      ['ONLY_IN_STATEMENT', `${kind}-foreign`, '70000'],
      ['ONLY_IN_BOOKS', `${kind}-lost`, '-80000'],
    ]);
  });
});
