import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IMPATIENT, LibraryStage } from './library.stage.js';

const FOUR_DAYS_MS = 4 * 24 * 60 * 60_000;

describe('void', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  const notVoidable = { code: 'PAYOUT_LINK_NOT_VOIDABLE' };

  it('by many at once, in two processes, succeeds for all and is one step of the history', async () => {
    const link = await stage.create('all-at-once');
    const other = await stage.another(IMPATIENT);
    const voided = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? stage.service : other.service).void(link.id)),
    );
    expect(new Set(voided.map(({ status }) => status))).toEqual(new Set(['VOIDED']));
    expect((await stage.service.history(link.id)).map(({ to }) => to)).toEqual([
      'CREATING',
      'PENDING',
      'VOIDED',
    ]);
    expect(await stage.count('payout_link_discrepancy')).toBe(0);
  });

  it.each(['timeout-after', 'reset'] as const)(
    'succeeds although the first response was lost (%s)',
    async (kind) => {
      const link = await stage.create('lost-response');
      await stage.fault('POST /payouts/:id/void', kind);
      expect(await stage.service.void(link.id)).toMatchObject({ status: 'VOIDED' });
      expect(await stage.requests('POST /payouts/:id/void')).toBe(2);
    },
  );

  it('of a link that has expired meanwhile is refused, and its expiry is known then', async () => {
    const link = await stage.create('too-old');
    await stage.caller.advance(FOUR_DAYS_MS);
    await expect(stage.service.void(link.id)).rejects.toMatchObject(notVoidable);
    expect(await stage.service.get(link.id)).toMatchObject({
      status: 'EXPIRED',
      failureCode: 'EXPIRED_UNCLAIMED',
    });
  });

  it('of a create whose outcome is unknown calls no provider', async () => {
    await stage.fault('POST /payouts', 'timeout-after', 2);
    const link = await stage.create('unknown');
    await expect(stage.service.void(link.id)).rejects.toMatchObject(notVoidable);
    expect(await stage.requests('POST /payouts/:id/void')).toBe(0);
    expect(await stage.requests('GET /payouts/:id')).toBe(0);
  });

  it.each([
    [401, 'INVALID_API_KEY', 'AUTHENTICATION_FAILED'],
    [403, 'REQUEST_FORBIDDEN_ERROR', 'PERMISSION_DENIED'],
    [429, 'RATE_LIMIT_EXCEEDED', 'RATE_LIMITED'],
    [500, 'SERVER_ERROR', 'PROVIDER_UNAVAILABLE'],
  ])(
    'with the response %i leaves the link unchanged, and the next one voids it',
    async (status, word, code) => {
      const link = await stage.create('later');
      stage.proxy.respondTo = () =>
        Promise.resolve({
          status,
          headers: { 'rate-limit-reset': '60' },
          body: JSON.stringify({ error_code: word, message: 'no' }),
        });
      await expect(stage.service.void(link.id)).rejects.toMatchObject({ code, httpStatus: status });
      const after = await stage.service.get(link.id);
      expect(after).toMatchObject({ status: 'PENDING', version: link.version });
      // Only what the provider may have carried out is remembered as our void.
      expect(after.voidRequestedAt === null).toBe(status < 500);
      stage.proxy.respondTo = (_, forward) => forward();
      expect(await stage.service.void(link.id)).toMatchObject({ status: 'VOIDED' });
    },
  );

  it('that may have been carried out before a 429 is still ours', async () => {
    const link = await stage.create('unknown-then-limited');
    await stage.fault('POST /payouts/:id/void', 'timeout-after');
    let voids = 0;
    stage.proxy.respondTo = async ({ path }, forward) => {
      if (!path.endsWith('/void') || (voids += 1) === 1) return forward();
      return { status: 429, headers: { 'rate-limit-reset': '60' }, body: '{}' };
    };
    await expect(stage.service.void(link.id)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    // Past its expiry, a void that was not ours would mean expired.
    stage.proxy.respondTo = async (_, forward) => {
      const response = await forward();
      const body = { ...JSON.parse(response.body), expiration_timestamp: new Date(0).toISOString() };
      return { ...response, body: JSON.stringify(body) };
    };
    expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'VOIDED' });
  });

  it('and a claim at the same moment end in what the provider decided', async () => {
    for (let round = 0; round < 8; round += 1) {
      const link = await stage.create(`either-${round}`);
      const [voided] = await Promise.allSettled([
        stage.service.void(link.id),
        stage.caller.claim(link.providerId!, '131313'),
      ]);
      const provider = await stage.caller.read(link.providerId!);
      expect(voided.status).toBe(provider.status === 'VOIDED' ? 'fulfilled' : 'rejected');
      expect(await stage.service.get(link.id)).toMatchObject({ status: provider.status });
    }
  });
});
