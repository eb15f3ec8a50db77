import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidPayoutLinkError, PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { createTestDatabase } from '../support/database.js';
import { NOBODY_LISTENS, startHost } from '../support/host.js';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage, type Fault } from './library.stage.js';

describe('create', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  it('stores the link that the provider made, whole rupiah up to the largest', async () => {
    await stage.close();
    stage = await LibraryStage.open();
    const link = await stage.service.create({
      externalId: 'refund 1 / “März”',
      amount: 9_999_999_999n,
      email: 'siti@example.com',
      metadata: { order: 7, tags: ['a'] },
    });
    const [payout] = await stage.payouts();
    expect(link).toMatchObject({
      account: 'default',
      externalId: 'refund 1 / “März”',
      amount: 9_999_999_999n,
      currency: 'IDR',
      email: 'siti@example.com',
      metadata: { order: 7, tags: ['a'] },
      status: 'PENDING',
      providerStatus: 'PENDING',
      providerId: payout!.id,
      failureCode: null,
      payoutUrl: expect.stringContaining(payout!.id),
      reissueOf: null,
    });
    expect(payout).toMatchObject({ external_id: 'refund 1 / “März”', amount: 9_999_999_999 });
    expect(await stage.service.get(link.id)).toEqual(link);
    expect((await stage.service.history(link.id)).map(({ from, to, source }) => [from, to, source])).toEqual([
      [null, 'CREATING', 'API'],
      ['CREATING', 'PENDING', 'API'],
    ]);
  });

  it('has the provider mail the link to its recipient, once', async () => {
    const link = await stage.create('mailed', { email: 'budi@example.org' });
    expect(await stage.caller.emails()).toEqual([
      expect.objectContaining({
        to: 'budi@example.org',
        payoutId: link.providerId,
        payoutUrl: link.payoutUrl,
      }),
    ]);
  });

  it('stores and sends the largest amount to the last rupiah', async () => {
    const amount = BigInt(Number.MAX_SAFE_INTEGER);
    await expect(stage.create('largest', { amount })).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    expect((await stage.service.getByExternalId('largest')).amount).toBe(9_007_199_254_740_991n);
    expect(stage.proxy.passed.at(-1)!.body).toContain('"amount":9007199254740991,');
  });

  it('returns the same link to the same call and calls the provider once, however many callers there are at once', async () => {
    const first = await stage.create('same');
    expect(await stage.create('same')).toEqual(first);
    const other = await stage.another(IMPATIENT);
    const input = { externalId: 'at-once', amount: 70_000, email: 'siti@example.com' };
    const links = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? stage.service : other.service).create(input)),
    );
    expect(new Set(links.map(({ id, status }) => `${id} ${status}`)).size).toBe(1);
    expect(links[0]).toMatchObject({ status: 'PENDING' });
    expect(await stage.requests('POST /payouts')).toBe(2);
    expect(await stage.payouts()).toHaveLength(2);
  });

  it.each([{ amount: 50_001 }, { email: 'other@example.com' }])(
    'refuses the same external id with other values (%j), and sends nothing',
    async (other) => {
      await stage.create('taken');
      await expect(stage.create('taken', other)).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
      expect(await stage.requests('POST /payouts')).toBe(1);
    },
  );

  it('names every field that is wrong, and stores and sends nothing', async () => {
    const bad = { externalId: 'a\u0000b', amount: 1.5, email: 'no-address', surprise: true } as never;
    const error = await stage.service.create(bad).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(InvalidPayoutLinkError);
    expect(
      [...new Set((error as InvalidPayoutLinkError).errors.map(({ field }) => field))].toSorted(),
    ).toEqual(['amount', 'email', 'externalId', 'surprise']);
    // Including errors that only the configuration knows.
    const worse = { externalId: '', amount: 9_999, email: 'no-address', account: 'unknown' };
    await expect(stage.service.create(worse)).rejects.toMatchObject({
      errors: expect.arrayContaining(
        ['externalId', 'amount', 'email', 'account'].map((field) => expect.objectContaining({ field })),
      ),
    });
    for (const amount of [9_999, 0, -1, Number.NaN, 2 ** 53, '50000', Object.create(null)]) {
      await expect(stage.create('x', { amount: amount as number })).rejects.toMatchObject({
        code: 'INVALID_PAYOUT_LINK',
      });
    }
    for (const externalId of ['', 'x'.repeat(256), 'line\nbreak']) {
      await expect(stage.create(externalId)).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
    }
    expect(await stage.count('payout_link')).toBe(0);
    expect(await stage.requests('POST /payouts')).toBe(0);
  });

  it('stores a refusal as rejected, and sends the same call again once its cause is fixed', async () => {
    await expect(stage.create('dear', { amount: 20_000_000_000 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
      httpStatus: 400,
      errorCode: 'INSUFFICIENT_BALANCE',
    });
    const rejected = await stage.service.getByExternalId('dear');
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      failureCode: 'INSUFFICIENT_BALANCE',
      providerId: null,
    });

    await expect(stage.create('dear', { amount: 20_000_000_000 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
    });
    expect(await stage.requests('POST /payouts')).toBe(2);
    expect((await stage.service.history(rejected.id)).map(({ to }) => to)).toEqual([
      'CREATING',
      'REJECTED',
      'CREATING',
      'REJECTED',
    ]);
  });

  it('keeps a duplicate at the provider as rejected, to be adopted', async () => {
    const made = await stage.caller.create({
      external_id: 'made-elsewhere',
      amount: 50_000,
      email: 'siti@example.com',
    });
    await expect(stage.create('made-elsewhere')).rejects.toMatchObject({
      code: 'DUPLICATE_PAYOUT',
      errorCode: 'DUPLICATE_PAYOUT_ERROR',
      message: expect.stringContaining('adopt it, never send it under another id'),
    });
    const link = await stage.service.getByExternalId('made-elsewhere');
    await expect(stage.service.reissue(link.id, { reason: 'again', force: true })).rejects.toMatchObject({
      code: 'REISSUE_REFUSED',
    });
    expect(await stage.service.adopt(link.id, made.id)).toMatchObject({
      status: 'PENDING',
      providerId: made.id,
    });
  });

  it('knows that nothing was created where no connection was made, and by a key that was refused', async () => {
    const database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    const host = await startHost({
      databaseUrl: database.url,
      sandbox: { ...stage.sandbox, url: NOBODY_LISTENS },
      options: IMPATIENT,
    });
    const stranger = await startHost({
      databaseUrl: database.url,
      sandbox: { ...stage.sandbox, apiKey: 'unknown' },
      options: IMPATIENT,
    });
    try {
      const input = { externalId: 'unreachable', amount: 50_000, email: 'siti@example.com' };
      await expect(host.service.create(input)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      expect(await host.service.getByExternalId('unreachable')).toMatchObject({
        status: 'REJECTED',
        failureCode: 'PROVIDER_UNREACHABLE',
      });
      await expect(stranger.service.create({ ...input, externalId: 'stranger' })).rejects.toMatchObject({
        code: 'AUTHENTICATION_FAILED',
        httpStatus: 401,
      });
      expect(await host.service.getByExternalId('stranger')).toMatchObject({
        status: 'REJECTED',
        failureCode: 'INVALID_API_KEY',
      });
    } finally {
      await host.close();
      await stranger.close();
      await database.drop();
    }
  });

  it('is rejected when every attempt got 429, not after a single one', async () => {
    await stage.fault('POST /payouts', '429', 1, 100);
    expect(await stage.create('busy')).toMatchObject({ status: 'PENDING' });
    await stage.fault('POST /payouts', '429', 100, 1_000);
    await expect(stage.create('too-busy')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.any(Number),
    });
    expect(await stage.service.getByExternalId('too-busy')).toMatchObject({
      status: 'REJECTED',
      failureCode: 'RATE_LIMIT_EXCEEDED',
    });
  });

  it.each<[Fault, 'PENDING' | 'UNCONFIRMED']>([
    ['reset', 'PENDING'],
    ['timeout-before', 'PENDING'],
    ['500', 'PENDING'],
    ['timeout-after', 'UNCONFIRMED'],
    ['garbage', 'UNCONFIRMED'],
  ])('tries again after %s with the same external id and ends %s', async (kind, status) => {
    await stage.fault('POST /payouts', kind);
    const link = await stage.create('shaky');
    expect(link.status).toBe(status);
    expect(await stage.requests('POST /payouts')).toBe(2);
    expect(await stage.payouts()).toHaveLength(1);
    await expect(stage.service.reissue(link.id, { reason: 'hurry', force: true })).rejects.toMatchObject({
      code: 'REISSUE_REFUSED',
    });
  });

  it('is unconfirmed when every attempt was lost, and the same call settles it once the provider responds', async () => {
    await stage.fault('POST /payouts', 'timeout-before', 2);
    const link = await stage.create('lost');
    expect(link).toMatchObject({ status: 'UNCONFIRMED', providerId: null, failureCode: null });
    await stage.fault('POST /payouts', '500');
    expect(await stage.create('lost')).toMatchObject({ status: 'UNCONFIRMED' });
    expect(await stage.create('lost')).toMatchObject({ id: link.id, status: 'PENDING' });
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('is settled by adopt only with the matching payout', async () => {
    await stage.fault('POST /payouts', 'timeout-after', 2);
    const link = await stage.create('half-known');
    expect(link.status).toBe('UNCONFIRMED');
    const stranger = await stage.caller.create({ external_id: 'other' });
    for (const providerId of [stranger.id, 'unknown']) {
      await expect(stage.service.adopt(link.id, providerId)).rejects.toMatchObject({ code: 'ADOPT_REFUSED' });
    }
    const own = (await stage.payouts()).find(({ external_id }) => external_id === 'half-known')!;
    expect(await stage.service.adopt(link.id, own.id)).toMatchObject({
      status: 'PENDING',
      providerId: own.id,
    });
    await expect(stage.service.adopt(link.id, own.id)).rejects.toMatchObject({ code: 'ADOPT_REFUSED' });
    expect((await stage.service.history(link.id)).at(-1)).toMatchObject({
      source: 'OPERATOR',
      to: 'PENDING',
    });
  });

  it('is settled by a webhook whose link reads as ours', async () => {
    await stage.fault('POST /payouts', 'timeout-after', 2);
    const link = await stage.create('reported');
    const [payout] = await stage.payouts();
    await stage.caller.claim(payout!.id);
    await stage.caller.advance(1_000);
    await stage.deliver({
      event: 'disbursement.completed',
      data: { id: payout!.id, reference_id: 'reported', status: 'SUCCEEDED', amount: 50_000 },
    });
    await until('settled', async () => (await stage.service.get(link.id)).status === 'SUCCEEDED');
    expect(await stage.service.get(link.id)).toMatchObject({ providerId: payout!.id });
  });

  it('is resumed by recovery when its process died, and never rejected then', async () => {
    await stage.create('interrupted');
    await stage.database.query(
      `UPDATE payout_link SET status = 'CREATING', provider_id = NULL,
         lease_expires_at = clock_timestamp() - interval '2 minutes'`,
    );
    const other = await stage.another(IMPATIENT);
    const recovered = await until('recovery', async () => {
      const link = await other.service.getByExternalId('interrupted');
      return link.status !== 'CREATING' && link;
    });
    // The provider refuses the repetition, which proves nothing about the first attempt.
    expect(recovered.status).toBe('UNCONFIRMED');
    expect((await other.service.history(recovered.id)).at(-1)).toMatchObject({ source: 'RECOVERY' });
  });
});
