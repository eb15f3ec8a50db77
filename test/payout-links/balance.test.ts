import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('balance', () => {
  let stage: LibraryStage;
  beforeAll(async () => {
    stage = await LibraryStage.open({
      ...IMPATIENT,
      accounts: {
        default: { apiKey: 'xnd_development_default', webhookTokens: ['t'] },
        branch: { apiKey: 'xnd_development_branch', webhookTokens: ['t'] },
      },
    });
  });
  afterAll(() => stage.close());

  const respondWith = (status: number, body: string) => {
    stage.proxy.respondTo = () =>
      Promise.resolve({ status, headers: { 'content-type': 'application/json' }, body });
  };

  it('is what the provider says of the account, less what its links reserve', async () => {
    await stage.service.create({
      externalId: 'a',
      amount: 70_000,
      email: 'siti@example.com',
      account: 'branch',
    });
    const before = Date.now();
    const { at, ...rest } = await stage.service.balance('branch');
    expect(rest).toEqual({ available: 9_999_930_000n, currency: 'IDR' });
    expect(at.getTime()).toBeGreaterThanOrEqual(before);
    expect(await stage.service.balance()).toMatchObject({ available: 10_000_000_000n });
  });

  it.each([
    ['1234567.99', 1_234_567n],
    ['-0.5', -1n],
    ['-20000', -20_000n],
    ['0', 0n],
  ])('%s is %s: rounded down, and it may be negative', async (said, available) => {
    respondWith(200, `{"balance":${said}}`);
    expect(await stage.service.balance()).toMatchObject({ available });
  });

  it.each([
    [200, '{"balance":"12"}', 'UNEXPECTED_RESPONSE'],
    [200, '{"balance":1e300}', 'UNEXPECTED_RESPONSE'],
    [200, '<html>', 'UNEXPECTED_RESPONSE'],
    [401, '{"error_code":"INVALID_API_KEY","message":"no"}', 'AUTHENTICATION_FAILED'],
    [403, '{"error_code":"REQUEST_FORBIDDEN_ERROR","message":"no"}', 'PERMISSION_DENIED'],
    [500, '{}', 'PROVIDER_UNAVAILABLE'],
  ])('fails with %i %s as %s', async (status, body, code) => {
    respondWith(status, body);
    await expect(stage.service.balance()).rejects.toMatchObject({ code });
  });

  it('of an account that is not configured is invalid', async () => {
    await expect(stage.service.balance('none')).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
  });
});
