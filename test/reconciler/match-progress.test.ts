import { mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MatchStage } from './match.stage.js';

const PERIOD = { from: '2026-03-02', to: '2026-03-04' };
const HEADER =
  'Status,Type,Currency,Amount,Reference,Transaction ID,Product ID,Timestamp - Created,Timestamp - Updated';
const AT = '2026-03-03 09:00:00';
const STATEMENT = [
  HEADER,
  ...Array.from(
    { length: 3_000 },
    (_, n) => `SUCCESS,DISBURSEMENT,IDR,50000,order-${n},txn-${n},product-${n},${AT},${AT}`,
  ),
].join('\n');

describe('a match that is asked to stop', () => {
  let stage: MatchStage;
  let temporary: string;
  beforeAll(async () => {
    stage = await MatchStage.open();
    temporary = join(stage.folder, 'temporary');
  });
  afterAll(() => stage.close());

  it.each(['reading the statement', 'comparing'])('while it is %s leaves nothing behind', async (phase) => {
    const stop = new AbortController();
    let title = '';
    const progress = {
      say: () => undefined,
      begin: (text: string) => void (title = text),
      update: (done: number) => {
        if (title.includes(phase) && done > 1) stop.abort(new Error('asked to stop'));
      },
      end: () => undefined,
    };
    const files = [await stage.file(STATEMENT)];
    await expect(stage.match({ ...PERIOD, files, progress, signal: stop.signal })).rejects.toThrow(
      'asked to stop',
    );
    expect(await readdir(temporary)).toEqual([]);
    const sets = await readdir(join(stage.folder, 'reports'), { recursive: true }).catch(() => []);
    expect(sets).toEqual([]);
    // Its session is free again, without its tables.
    const [row] = await stage.database.query<{ locks: string }>(
      `SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(row).toEqual({ locks: '0' });
  });

  it('removes what a match that was killed left a day ago, and nothing younger', async () => {
    const [old, young, other] = ['payout-links-match-old', 'payout-links-match-young', 'of-others'].map(
      (name) => join(temporary, name),
    ) as [string, string, string];
    for (const folder of [old, young, other]) await mkdir(folder);
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    for (const folder of [old, other]) await utimes(folder, yesterday, yesterday);
    await stage.match({ ...PERIOD, files: [await stage.file(STATEMENT)] });
    expect((await readdir(temporary)).toSorted()).toEqual(['of-others', 'payout-links-match-young']);
    for (const folder of [young, other]) await rm(folder, { recursive: true });
  });

  it('works again afterwards, alone and with another at once', async () => {
    const files = [await stage.file(STATEMENT)];
    const [one, other] = await Promise.all([
      stage.match({ ...PERIOD, files }),
      stage.match({ ...PERIOD, files }),
    ]);
    expect([one.findings, other.findings]).toEqual([3_000, 3_000]);
    expect(await readdir(one.reportSet)).toHaveLength(6);
    expect(await readdir(join(one.reportSet, '..'))).toEqual(['2026-03-02_2026-03-04']);
    expect(await readdir(temporary)).toEqual([]);
  });
});
