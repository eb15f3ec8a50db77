import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from './sandbox.caller.js';

describe('GET /balance of the sandbox', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  beforeAll(async () => {
    sandbox = await startSandbox({ rateLimit: 5 });
    caller = new SandboxCaller(sandbox);
  });
  afterAll(() => sandbox.close());

  it('is less by what links reserve, until they end without being paid', async () => {
    const balance = async () => (await caller.request('GET', '/balance')).body.balance;
    expect(await balance()).toBe(10_000_000_000);
    const { body } = await caller.post('/payouts', {
      external_id: 'a',
      amount: 70_000,
      email: 'demo@example.com',
    });
    expect(await balance()).toBe(9_999_930_000);
    await caller.post(`/payouts/${String(body.id)}/void`, {});
    expect(await balance()).toBe(10_000_000_000);
  });

  it('needs a key, has a rate limit of its own, and is counted as no other route', async () => {
    const refused = await fetch(`${sandbox.url}/balance`);
    expect([refused.status, await refused.json()]).toMatchObject([401, { error_code: 'INVALID_API_KEY' }]);
    const { headers } = await caller.request('GET', '/balance');
    expect(headers.get('rate-limit-remaining')).toBe('1');
    expect((await caller.request('GET', '/_sandbox/requests')).body).toMatchObject({ 'GET /payouts/:id': 0 });
    await caller.request('GET', '/balance');
    expect((await caller.request('GET', '/balance')).status).toBe(429);
  });
});
