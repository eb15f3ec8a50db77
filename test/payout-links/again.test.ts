import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('the same create again', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  const rejected = async (externalId: string) => {
    await expect(stage.create(externalId, { amount: 6_000_000_000 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
    });
    return stage.service.getByExternalId(externalId);
  };

  it('pays after a refusal whose cause is gone: by the same id and key, with the code cleared', async () => {
    const tiesUp = await stage.create('ties-up', { amount: 6_000_000_000 });
    const refused = await rejected('too-dear');
    await stage.service.void(tiesUp.id);
    await stage.caller.advance(1_000);
    const paid = await stage.create('too-dear', { amount: 6_000_000_000 });
    expect(paid).toMatchObject({ id: refused.id, status: 'PENDING', failureCode: null });
    const history = await stage.service.history(paid.id);
    expect(history.map(({ from, to, source }) => `${from} ${to} ${source}`)).toEqual([
      'null CREATING API',
      'CREATING REJECTED API',
      'REJECTED CREATING API',
      'CREATING PENDING API',
    ]);
    const sent = stage.proxy.creates().filter(({ externalId }) => externalId === 'too-dear');
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ values }) => values)).size).toBe(1);
  });

  it('by many at once after a refusal is sent once more, by any of them', async () => {
    const tiesUp = await stage.create('ties-up', { amount: 6_000_000_000 });
    await rejected('crowd');
    await stage.service.void(tiesUp.id);
    const other = await stage.another(IMPATIENT);
    const input = { externalId: 'crowd', amount: 6_000_000_000, email: 'siti@example.com' };
    const links = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? stage.service : other.service).create(input)),
    );
    expect(new Set(links.map(({ id, status }) => `${id} ${status}`)).size).toBe(1);
    expect(stage.proxy.creates().filter(({ externalId }) => externalId === 'crowd')).toHaveLength(2);
    expect(await stage.payouts()).toHaveLength(2);
  });

  /** Locks a link's row until the calls wait for it, in this order and past all earlier reads. */
  async function inLine(id: string, calls: (() => Promise<unknown>)[]) {
    const holder = new pg.Client({ connectionString: stage.database.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM payout_link WHERE id = $1 FOR UPDATE', [id]);
      const results: Promise<unknown>[] = [];
      for (const call of calls) {
        results.push(call());
        await until('the call waits for the row', async () => {
          const waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
          return (await stage.count(waiting)) === results.length;
        });
      }
      await holder.query('COMMIT');
      return await Promise.allSettled(results);
    } finally {
      await holder.end();
    }
  }

  it.each([
    ['comes before', true],
    ['comes after', false],
  ])('that %s a reissue of the refused link leaves one of the two to be paid', async (_, createIsFirst) => {
    const tiesUp = await stage.create('ties-up', { amount: 6_000_000_000 });
    const refused = await rejected('either');
    await stage.service.void(tiesUp.id);
    const create = () => stage.create('either', { amount: 6_000_000_000 });
    const reissue = () => stage.service.reissue(refused.id, { reason: 'topped up' });
    const [first, second] = await inLine(refused.id, createIsFirst ? [create, reissue] : [reissue, create]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { status: 'PENDING' } });
    expect(second).toMatchObject({ status: 'rejected' });
    const sent = stage.proxy.creates().map(({ externalId }) => externalId);
    expect(sent).toEqual(['ties-up', 'either', createIsFirst ? 'either' : 'either-r1']);
  });

  it('returns what is known by then, when it is refused after another caller has settled the link', async () => {
    await stage.fault('POST /payouts', 'timeout-before', 2);
    const lost = await stage.create('settled-by-another');
    expect(lost.status).toBe('UNCONFIRMED');
    const [one, other] = await Promise.all([stage.another(), stage.another()]);
    let posts = 0;
    let settle = () => undefined as void;
    const settled = new Promise<void>((done) => (settle = done));
    stage.proxy.beforeResponse = async ({ method }) => {
      if (method !== 'POST') return;
      posts += 1;
      // The second is refused as a duplicate of the first, and its response comes after the first is stored.
      if (posts === 2) await settled;
      else await until('the second one sent', () => posts === 2);
    };
    const input = { externalId: 'settled-by-another', amount: 50_000, email: 'siti@example.com' };
    const calls = [one.service.create(input), other.service.create(input)];
    await until('one of them settled it', async () => {
      return (await stage.service.get(lost.id)).status === 'PENDING';
    });
    settle();
    const links = await Promise.all(calls);
    expect(links.map(({ status }) => status)).toEqual(['PENDING', 'PENDING']);
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('settles a lost create at once when the provider repeats its response for a repeated key', async () => {
    await stage.close();
    stage = await LibraryStage.open(IMPATIENT, { idempotentReplay: true });
    await stage.fault('POST /payouts', 'timeout-after');
    expect(await stage.create('repeated')).toMatchObject({ status: 'PENDING' });
    await stage.fault('POST /payouts', 'timeout-after', 2);
    expect(await stage.create('repeated-later')).toMatchObject({ status: 'UNCONFIRMED' });
    expect(await stage.create('repeated-later')).toMatchObject({ status: 'PENDING' });
    expect(await stage.payouts()).toHaveLength(2);
  });
});
