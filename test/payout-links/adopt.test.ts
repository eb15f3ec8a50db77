import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('adopt', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  const refused = { code: 'ADOPT_REFUSED' };
  const unconfirmed = async (externalId: string) => {
    await stage.fault('POST /payouts', 'timeout-after', 2);
    const link = await stage.create(externalId);
    expect(link.status).toBe('UNCONFIRMED');
    const payout = (await stage.payouts()).find(({ external_id }) => external_id === externalId)!;
    return { link, payout };
  };

  it.each([
    ['121212', 'FAILED', 'INVALID_DESTINATION'],
    ['131313', 'REQUESTED', null],
    ['1234567890', 'SUCCEEDED', null],
  ])('takes a payout as far as it has come (account %s: %s)', async (account, status, failureCode) => {
    const { link, payout } = await unconfirmed('claimed-meanwhile');
    await stage.caller.claim(payout.id, account);
    await stage.caller.advance(1_000);
    expect(await stage.service.adopt(link.id, payout.id)).toMatchObject({
      status,
      failureCode,
      providerId: payout.id,
    });
  });

  it('by many at once is one step of the history', async () => {
    const { link, payout } = await unconfirmed('by-many');
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => stage.service.adopt(link.id, payout.id)),
    );
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject(refused);
    }
    expect((await stage.service.history(link.id)).map(({ to }) => to)).toEqual([
      'CREATING',
      'UNCONFIRMED',
      'PENDING',
    ]);
  });

  it('of a payout with our external id and another amount is refused: another system made it', async () => {
    const other = await stage.caller.create({ external_id: 'dearer', amount: 60_000 });
    await expect(stage.create('dearer')).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
    const link = await stage.service.getByExternalId('dearer');
    await expect(stage.service.adopt(link.id, other.id)).rejects.toMatchObject(refused);
    expect(await stage.service.get(link.id)).toEqual(link);
  });

  it.each(['500', 'garbage', 'timeout-after'] as const)(
    'changes nothing when the provider responds with %s',
    async (kind) => {
      const { link, payout } = await unconfirmed('unreadable');
      await stage.fault('GET /payouts/:id', kind, 2);
      await expect(stage.service.adopt(link.id, payout.id)).rejects.toMatchObject({
        code: kind === 'garbage' ? 'UNEXPECTED_RESPONSE' : 'PROVIDER_UNAVAILABLE',
      });
      expect(await stage.service.get(link.id)).toEqual(link);
    },
  );

  it('is for links that wait to be settled: not for waiting, voided or otherwise refused ones', async () => {
    const pending = await stage.create('pending');
    const voided = await stage.create('voided');
    await stage.service.void(voided.id);
    await expect(stage.create('dear', { amount: 20_000_000_000 })).rejects.toBeDefined();
    const dear = await stage.service.getByExternalId('dear');
    const reads = await stage.requests('GET /payouts/:id');
    for (const { id } of [pending, voided, dear]) {
      await expect(stage.service.adopt(id, pending.providerId!)).rejects.toMatchObject(refused);
    }
    await expect(stage.service.adopt(pending.id, '')).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
    expect(await stage.requests('GET /payouts/:id')).toBe(reads);
  });
});
