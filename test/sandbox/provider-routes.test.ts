import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_API_KEY, startSandbox, type Sandbox } from 'payout-links-sandbox';
import { basic, SandboxCaller } from './sandbox.caller.js';

const ISO_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the provider routes', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;

  beforeAll(async () => {
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  beforeEach(() => caller.control('reset', {}));
  afterAll(() => sandbox.close());

  const valid = (fields: Record<string, unknown> = {}) => ({
    external_id: 'order 1',
    amount: 23_000,
    email: 'demo@example.com',
    ...fields,
  });

  it('creates a link from the form of the specification’s curl command', async () => {
    const { status, body, headers } = await caller.request('POST', '/payouts', {
      body: 'external_id=demo_2392329329&amount=23000&email=demo@xendit.co',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(UUID_V4),
      external_id: 'demo_2392329329',
      amount: 23_000,
      merchant_name: 'Sandbox Business',
      status: 'PENDING',
      email: 'demo@xendit.co',
      created: expect.stringMatching(ISO_MS),
      expiration_timestamp: expect.stringMatching(ISO_MS),
      payout_url: `${sandbox.url}/web/${String(body.id)}`,
    });
    const lifetime = Date.parse(String(body.expiration_timestamp)) - Date.parse(String(body.created));
    expect(lifetime).toBe(3 * 24 * 60 * 60_000);
    expect(headers.get('request-id')).toMatch(/^\d+$/);
  });

  it('creates a link from JSON, with and without a trailing slash, and reads it back', async () => {
    const first = await caller.post('/payouts', valid());
    const second = await caller.post('/payouts/', valid({ external_id: 'order 2' }));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await caller.read(String(second.body.id))).toEqual(second.body);
  });

  it('names every field that is wrong', async () => {
    const { status, body } = await caller.post('/payouts', {
      external_id: '',
      amount: 9_999,
      email: 'no-address',
    });
    expect(status).toBe(400);
    expect(body).toEqual({
      error_code: 'API_VALIDATION_ERROR',
      message: 'There was an error with the format submitted to the server.',
      errors: [
        { path: 'external_id', message: 'external_id must have 1 to 255 characters' },
        { path: 'amount', message: 'amount must not be less than 10000' },
        { path: 'email', message: 'email is required and must be an e-mail address' },
      ],
    });
  });

  it.each([
    ['a fraction', { amount: 10_000.5 }, 'amount'],
    ['an amount in exponent form', { amount: '1e5' }, 'amount'],
    ['an amount that no number can hold exactly', { amount: 2 ** 53 }, 'amount'],
    ['no amount', { amount: undefined }, 'amount'],
    ['256 characters of external_id', { external_id: 'x'.repeat(256) }, 'external_id'],
    ['a list as external_id', { external_id: ['a'] }, 'external_id'],
    ['no email', { email: undefined }, 'email'],
  ])('refuses %s', async (_, fields, path) => {
    const { status, body } = await caller.post('/payouts', valid(fields));
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ path, message: expect.any(String) }]);
  });

  it('refuses malformed JSON and bodies that are no object', async () => {
    const malformed = await caller.request('POST', '/payouts', {
      body: '{"external_id":',
      headers: { 'content-type': 'application/json' },
    });
    expect(malformed.status).toBe(400);
    expect(malformed.body.error_code).toBe('INVALID_JSON_FORMAT');
    expect(malformed.headers.get('request-id')).toMatch(/^\d+$/);
    expect((await caller.post('/payouts', [])).body.error_code).toBe('API_VALIDATION_ERROR');
  });

  it.each([
    ['no header', ''],
    ['a bearer token', `Bearer ${SANDBOX_API_KEY}`],
    ['a key of another form', basic('sk_test_1')],
    ['a password', basic(SANDBOX_API_KEY, 'secret')],
  ])('requires an API key when given %s', async (_, authorization) => {
    const response = await caller.request('GET', '/payouts/1', { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.body.error_code).toBe('INVALID_API_KEY');
  });

  it('keeps the accounts of keys and of sub-accounts apart', async () => {
    const callers = [
      caller,
      new SandboxCaller(sandbox, {}, 'xnd_production_another'),
      new SandboxCaller(sandbox, { 'for-user-id': 'sub-1' }),
    ];
    const links = await Promise.all(callers.map((each) => each.create({ external_id: 'same' })));
    for (const [index, each] of callers.entries()) {
      for (const [other, { id }] of links.entries()) {
        const { status, body } = await each.request('GET', `/payouts/${id}`);
        expect(status).toBe(index === other ? 200 : 404);
        if (index !== other) expect(body.error_code).toBe('DATA_NOT_FOUND');
      }
    }
  });

  it('takes an external_id once, and once more only after a refusal', async () => {
    expect((await caller.post('/payouts', valid({ amount: 10_000_000_001 }))).body.error_code).toBe(
      'INSUFFICIENT_BALANCE',
    );
    expect((await caller.post('/payouts', valid())).status).toBe(200);
    const again = await caller.post('/payouts', valid());
    expect(again.status).toBe(409);
    expect(again.body.error_code).toBe('DUPLICATE_PAYOUT_ERROR');
  });

  it('refuses a repeated idempotency key', async () => {
    const key = { 'x-idempotency-key': 'key-1' };
    expect((await caller.post('/payouts', valid(), key)).status).toBe(200);
    const again = await caller.post('/payouts', valid(), key);
    expect(again.status).toBe(409);
    expect(again.body).toEqual({
      error_code: 'DUPLICATE_PAYOUT_ERROR',
      message:
        'A payout with this idempotency key already exists. If you meant to execute a different request, please use another idempotency key.',
    });
  });

  it('responds to a repeated idempotency key with the first link as it is now, when replay is on', async () => {
    const replaying = await startSandbox({ idempotentReplay: true });
    try {
      const merchant = new SandboxCaller(replaying);
      const key = { 'x-idempotency-key': 'key-1' };
      const first = await merchant.post('/payouts', valid(), key);
      await merchant.claim(String(first.body.id), '131313');
      const again = await merchant.post('/payouts', valid(), key);
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject({ id: first.body.id, status: 'REQUESTED' });
      expect((await merchant.post('/payouts', valid({ amount: 24_000 }), key)).status).toBe(409);
      expect((await merchant.post('/payouts', valid())).status).toBe(409);
    } finally {
      await replaying.close();
    }
  });

  it('reserves the balance at create and frees it when the money is not needed', async () => {
    const all = 10_000_000_000;
    const voided = await caller.create({ amount: all });
    const refused = await caller.post('/payouts', valid({ amount: 10_000 }));
    expect(refused.status).toBe(400);
    expect(refused.body.error_code).toBe('INSUFFICIENT_BALANCE');

    await caller.request('POST', `/payouts/${voided.id}/void`);
    const failed = await caller.create({ amount: all });
    await caller.claim(failed.id, '121212');
    await caller.advance(1_000);
    await caller.create({ amount: all });
    await caller.advance(3 * 24 * 60 * 60_000);
    const paid = await caller.create({ amount: all });
    await caller.claim(paid.id);
    await caller.advance(1_000);
    expect((await caller.post('/payouts', valid({ amount: 10_000 }))).status).toBe(400);
  });

  it('voids a PENDING link, and responds without a payout_url', async () => {
    const { payout_url: _, ...link } = await caller.create();
    const voided = await caller.request('POST', `/payouts/${link.id}/void`);
    expect(voided.status).toBe(200);
    expect(voided.body).toEqual({ ...link, status: 'VOIDED' });
    expect((await caller.read(link.id)).status).toBe('VOIDED');
  });

  it('refuses to void what is not PENDING, and what does not exist', async () => {
    const { id } = await caller.create();
    await caller.claim(id);
    const refused = await caller.request('POST', `/payouts/${id}/void`);
    expect(refused.status).toBe(400);
    expect(refused.body.error_code).toBe('CANCELLATION_NOT_ALLOWED');
    expect((await caller.request('POST', '/payouts/unknown/void')).status).toBe(404);
  });

  it('responds to unknown addresses in the provider’s format', async () => {
    const { status, body, headers } = await caller.request('GET', '/v2/payouts');
    expect(status).toBe(404);
    expect(body.error_code).toBe('DATA_NOT_FOUND');
    expect(headers.get('request-id')).toMatch(/^\d+$/);
  });

  it('limits the rate per account and route, whatever the sandbox’s clock says', async () => {
    const strict = await startSandbox({ rateLimit: 2 });
    try {
      const merchant = new SandboxCaller(strict);
      const { id } = await merchant.create();
      const read = () => merchant.request('GET', `/payouts/${id}`);
      expect((await read()).headers.get('rate-limit-remaining')).toBe('1');
      expect((await read()).headers.get('rate-limit-remaining')).toBe('0');
      await merchant.advance(10 * 60_000);
      const refused = await read();
      expect(refused.status).toBe(429);
      expect(refused.body.error_code).toBe('RATE_LIMIT_EXCEEDED');
      expect(refused.headers.get('rate-limit-limit')).toBe('2');
      const reset = Number(refused.headers.get('rate-limit-reset'));
      expect(reset).toBeGreaterThan(30);
      expect(reset).toBeLessThanOrEqual(60);

      expect((await merchant.request('POST', `/payouts/${id}/void`)).status).toBe(200);
      const below = new SandboxCaller(strict, { 'for-user-id': 'sub-account' });
      expect((await below.request('GET', `/payouts/${id}`)).status).toBe(429);
      const other = new SandboxCaller(strict, {}, 'xnd_development_other');
      expect((await other.request('GET', `/payouts/${id}`)).status).toBe(404);
    } finally {
      await strict.close();
    }
  });
});
