import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from './sandbox.caller.js';

describe('faults', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;

  beforeEach(async () => {
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  afterEach(() => sandbox.close());

  const fault = (kind: string, more: object = {}) =>
    caller.control('faults', { route: 'POST /payouts', kind, times: 1, ...more });
  const create = (signal?: AbortSignal) =>
    caller.request('POST', '/payouts', {
      body: new URLSearchParams({ external_id: 'order', amount: '23000', email: 'demo@example.com' }),
      signal,
    });
  const created = async () => (await caller.emails()).length;

  it('latency: responds after the time given', async () => {
    await fault('latency', { ms: 300 });
    const startedAt = performance.now();
    expect((await create()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
  });

  it('reset: breaks the connection and does nothing', async () => {
    await fault('reset');
    await expect(create()).rejects.toThrow('fetch failed');
    expect(await created()).toBe(0);
  });

  it('timeout-before: never responds and does nothing', async () => {
    await fault('timeout-before');
    await expect(create(AbortSignal.timeout(300))).rejects.toThrow('timeout');
    expect(await created()).toBe(0);
  });

  it('timeout-after: never responds, but carries it out', async () => {
    await fault('timeout-after');
    await expect(create(AbortSignal.timeout(300))).rejects.toThrow('timeout');
    expect(await created()).toBe(1);
    expect((await create()).body.error_code).toBe('DUPLICATE_PAYOUT_ERROR');
  });

  it.each(['timeout-before', 'timeout-after'])(
    '%s: closes the connection after the time given',
    async (kind) => {
      await fault(kind, { ms: 50 });
      await expect(create()).rejects.toThrow('fetch failed');
      expect(await created()).toBe(kind === 'timeout-after' ? 1 : 0);
    },
  );

  it('500: responds with a server error and does nothing', async () => {
    await fault('500');
    const { status, body } = await create();
    expect(status).toBe(500);
    expect(body.error_code).toBe('SERVER_ERROR');
    expect(await created()).toBe(0);
  });

  it('429: responds that the limit is reached and does nothing', async () => {
    await fault('429', { ms: 2_500 });
    const { status, body, headers } = await create();
    expect(status).toBe(429);
    expect(body.error_code).toBe('RATE_LIMIT_EXCEEDED');
    expect(headers.get('rate-limit-remaining')).toBe('0');
    expect(headers.get('rate-limit-reset')).toBe('2.5');
    expect(await created()).toBe(0);
  });

  it('garbage: carries it out and responds with 200 and a body that is not JSON', async () => {
    await fault('garbage');
    const { status, headers, body } = await create();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/html');
    expect(String(body.text)).toContain('<html>');
    expect(await created()).toBe(1);
  });

  it('apply in the order in which they were queued, as often as requested, on their route alone', async () => {
    await fault('500', { times: 2 });
    await fault('429');
    await fault('500', { route: 'POST /payouts/:id/void' });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await create()).status);
    expect(statuses).toEqual([500, 500, 429, 200]);
    const [email] = await caller.emails();
    expect((await caller.read(email!.payoutId)).status).toBe('PENDING');
    expect((await caller.request('POST', `/payouts/${email!.payoutId}/void`)).status).toBe(500);
    expect((await caller.request('POST', `/payouts/${email!.payoutId}/void`)).status).toBe(200);
  });

  it('do not keep the sandbox from closing', async () => {
    await fault('timeout-before');
    const unanswered = create().then(
      () => 'responded',
      (error: Error) => error.message,
    );
    while (Number((await caller.request('GET', '/_sandbox/requests')).body['POST /payouts']) === 0);
    await sandbox.close();
    expect(await unanswered).toBe('fetch failed');
  });
});
