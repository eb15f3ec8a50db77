import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from './sandbox.caller.js';

describe('the control interface', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;

  beforeEach(async () => {
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  afterEach(() => sandbox.close());

  it('shows the e-mail that brings a recipient the link and the passcode', async () => {
    const link = await caller.create({ email: 'siti@example.com', amount: 1_500_000 });
    expect(await caller.emails()).toEqual([
      {
        to: 'siti@example.com',
        subject: 'Sandbox Business has sent you Rp 1.500.000',
        text: expect.stringContaining(link.payout_url),
        payoutId: link.id,
        payoutUrl: link.payout_url,
        passcode: expect.stringMatching(/^\d{6}$/),
        sentAt: link.created,
      },
    ]);
  });

  it('moves the clock by a span and to a moment, forward and back', async () => {
    const target = '2031-05-05T05:05:05.005Z';
    expect(await caller.control('clock', { now: target })).toEqual({ now: target });
    // Between two moves the clock runs with real time.
    const startedAt = Date.now();
    const moved = Date.parse(await caller.advance(60_000)) - Date.parse(target);
    expect(moved).toBeGreaterThanOrEqual(60_000);
    expect(moved).toBeLessThanOrEqual(61_000 + Date.now() - startedAt);
    expect(await caller.control('clock', { now: '2020-01-01' })).toEqual({ now: '2020-01-01T00:00:00.000Z' });
  });

  it('does nothing twice when the clock goes back', async () => {
    const { id } = await caller.create();
    await caller.claim(id, '654321');
    await caller.advance(1_000);
    const before = await caller.read(id);
    await caller.control('clock', { now: '2020-01-01T00:00:00.000Z' });
    expect(await caller.read(id)).toEqual(before);
    await caller.control('clock', { now: '2040-01-01T00:00:00.000Z' });
    expect(await caller.read(id)).toEqual({ ...before, status: 'REVERSED' });
  });

  it('gives each thing its own time in one long move', async () => {
    const { id } = await caller.create();
    const requested = await caller.claim(id);
    await caller.advance(24 * 60 * 60_000);
    const took =
      Date.parse(String((await caller.read(id)).completed_timestamp)) -
      Date.parse(String(requested.claimed_timestamp));
    expect(took).toBe(200);
  });

  it('counts the requests of each provider route and the reads of each link', async () => {
    const { id } = await caller.create();
    await caller.read(id);
    await caller.read(id);
    await caller.request('POST', `/payouts/${id}/void`, { headers: { authorization: 'none' } });
    expect((await caller.request('GET', '/_sandbox/requests')).body).toEqual({
      'POST /payouts': 1,
      'GET /payouts/:id': 2,
      'POST /payouts/:id/void': 1,
    });
    expect((await caller.request('GET', '/_sandbox/polls')).body).toEqual({ [id]: 2 });
  });

  it('lists the links of every account', async () => {
    const mine = await caller.create();
    const theirs = await new SandboxCaller(sandbox, {}, 'xnd_development_other').create();
    const { body } = await caller.request('GET', '/_sandbox/payouts');
    expect(body).toEqual([
      { ...mine, account: expect.any(String) },
      { ...theirs, account: expect.any(String) },
    ]);
  });

  it('deletes everything but the webhook address and token', async () => {
    await caller.control('webhooks', { url: 'http://127.0.0.1:9/kept', token: 'kept', drop: 1, delayMs: 5 });
    await caller.create({ external_id: 'again' });
    await caller.control('faults', { route: 'POST /payouts', kind: '500', times: 9 });
    await caller.advance(10 * 24 * 60 * 60_000);
    await caller.control('reset', {});

    expect(await caller.emails()).toEqual([]);
    const { body } = await caller.request('GET', '/_sandbox/requests');
    expect(Object.values(body)).toEqual([0, 0, 0]);
    expect(Math.abs(Date.parse(await caller.advance(0)) - Date.now())).toBeLessThan(5_000);
    expect(await caller.control('webhooks', {})).toEqual({
      url: 'http://127.0.0.1:9/kept',
      token: 'kept',
      drop: 0,
      duplicate: 0,
      shuffle: false,
      delayMs: 0,
    });
    expect((await caller.create({ external_id: 'again' })).status).toBe('PENDING');
  });

  it.each([
    ['clock', {}, ['advanceMs', 'now']],
    ['clock', { advanceMs: 1, now: '2030-01-01T00:00:00.000Z' }, ['advanceMs', 'now']],
    ['clock', { advanceMs: -1 }, ['advanceMs']],
    ['clock', { advanceMs: '5' }, ['advanceMs']],
    ['clock', { now: 'tomorrow' }, ['now']],
    ['clock', { now: '2026-W01' }, ['now']],
    ['clock', { now: '2026-01-01T10:00:00' }, ['now']],
    ['clock', { advanceMs: 1, hours: 2 }, ['hours']],
    ['claims', {}, ['id', 'accountNumber']],
    ['claims', { id: 'x', accountNumber: 123456 }, ['accountNumber']],
    ['claims', { id: 'x', accountNumber: '1', bankCode: 'NONE' }, ['bankCode']],
    ['faults', {}, ['route', 'kind', 'times']],
    ['faults', { route: 'GET /payouts', kind: 'explosion', times: 0 }, ['route', 'kind', 'times']],
    ['faults', { route: 'POST /payouts', kind: '500', times: 1, ms: -5 }, ['ms']],
    ['webhooks', { url: 'ftp://x' }, ['url']],
    ['webhooks', { token: '' }, ['token']],
    ['webhooks', { token: 'two words' }, ['token']],
    ['webhooks', { token: 'not-lat\u00efn' }, ['token']],
    [
      'webhooks',
      { drop: 1.1, duplicate: -1, shuffle: 'yes', delayMs: 0.5 },
      ['drop', 'duplicate', 'shuffle', 'delayMs'],
    ],
    ['webhooks', { retries: 3 }, ['retries']],
  ])('refuses %s %j, naming %j', async (route, body, paths) => {
    const response = await caller.post(`/_sandbox/${route}`, body);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ error_code: 'API_VALIDATION_ERROR', message: expect.any(String) });
    const named = (response.body.errors as { path: string }[]).map(({ path }) => path);
    expect(named.toSorted()).toEqual(paths.toSorted());
  });

  it('names the routes and the kinds of faults that there are', async () => {
    const { body } = await caller.post('/_sandbox/faults', { route: 'x', kind: 'x', times: 1 });
    expect(body.errors).toEqual([
      {
        path: 'route',
        message: 'route must be one of: POST /payouts, GET /payouts/:id, POST /payouts/:id/void',
      },
      {
        path: 'kind',
        message: 'kind must be one of: latency, reset, timeout-before, timeout-after, 500, 429, garbage',
      },
    ]);
  });
});
