import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { until } from '../support/until.js';

const ACCOUNTS = {
  jakarta: { apiKey: 'xnd_development_jakarta', webhookTokens: ['token-of-jakarta'] },
  bandung: {
    apiKey: 'xnd_development_bandung',
    webhookTokens: ['token-of-bandung', 'next-token-of-bandung'],
  },
  branch: {
    apiKey: 'xnd_development_bandung',
    webhookTokens: ['token-of-branch'],
    forUserId: '5f1a2b3c4d5e6f7a8b9c0d1e',
  },
};

describe('several accounts in one module', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  let host: Host;
  beforeEach(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { drop: 1 });
    host = await startHost({ databaseUrl: database.url, sandbox, options: { accounts: ACCOUNTS } });
  });
  afterEach(async () => {
    await host.close();
    await sandbox.close();
    await database.drop();
  });

  const create = (account: string, externalId = 'order-1') =>
    host.service.create({ account, externalId, amount: 60_000, email: 'siti@example.com' });
  const deliver = (token: string, data: object) =>
    fetch(host.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-callback-token': token },
      body: JSON.stringify({ event: 'disbursement.completed', data }),
    });

  it('pay, read and void each with its own key, and may use the same external id', async () => {
    const links = [await create('jakarta'), await create('bandung'), await create('branch')];
    expect(new Set(links.map(({ providerId }) => providerId)).size).toBe(3);
    const payouts = (await caller.request('GET', '/_sandbox/payouts')).body as unknown as {
      account: string;
    }[];
    expect(new Set(payouts.map(({ account }) => account)).size).toBe(3);
    for (const [index, account] of Object.keys(ACCOUNTS).entries()) {
      const { id } = links[index]!;
      expect(await host.service.getByExternalId('order-1', account)).toMatchObject({ id, account });
      expect(await host.service.refresh(id)).toMatchObject({ status: 'PENDING', account });
      expect((await host.service.list({ account })).items.map((link) => link.id)).toEqual([id]);
    }
    expect(await host.service.void(links[2]!.id)).toMatchObject({ status: 'VOIDED' });
    expect(await host.service.refresh(links[1]!.id)).toMatchObject({ status: 'PENDING' });
  });

  it('do not accept each other’s webhooks: another account’s token moves no link', async () => {
    const link = await create('jakarta');
    await caller.claim(link.providerId!);
    await caller.advance(1_000);
    const news = { id: link.providerId, reference_id: 'order-1', status: 'SUCCEEDED', amount: 60_000 };
    expect((await deliver('token-of-bandung', news)).status).toBe(200);
    await until('it matched nothing', async () => (await host.service.deliveries('UNMATCHED')).length === 1);
    expect(await host.service.get(link.id)).toMatchObject({ status: 'PENDING' });
    expect((await deliver('token-of-no-account', news)).status).toBe(401);
    expect((await deliver('token-of-jakarta', news)).status).toBe(200);
    await until('its own moved it', async () => (await host.service.get(link.id)).status === 'SUCCEEDED');
  });

  it('that share a token are distinguished by the link’s id when both have its external id', async () => {
    const token = 'token-of-both';
    const shared = await startHost({
      databaseUrl: database.url,
      sandbox,
      options: {
        accounts: {
          jakarta: { ...ACCOUNTS.jakarta, webhookTokens: [token] },
          bandung: { ...ACCOUNTS.bandung, webhookTokens: [token] },
        },
      },
    });
    try {
      const links = [await create('jakarta'), await create('bandung')];
      for (const { id, providerId } of links) {
        await caller.claim(providerId!);
        await caller.advance(1_000);
        const news = { id: providerId, reference_id: 'order-1', status: 'SUCCEEDED', amount: 60_000 };
        await fetch(shared.webhookUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-callback-token': token },
          body: JSON.stringify({ event: 'disbursement.completed', data: news }),
        });
        await until('its own link moved', async () => (await host.service.get(id)).status === 'SUCCEEDED');
      }
      expect(await host.service.deliveries('DEAD')).toEqual([]);
    } finally {
      await shared.close();
    }
  });

  it('take every token that is configured, so that one can be replaced', async () => {
    for (const token of ACCOUNTS.bandung.webhookTokens) {
      expect((await deliver(token, { id: token, status: 'SUCCEEDED' })).status).toBe(200);
    }
    expect(await host.service.deliveries('DEAD')).toEqual([]);
  });

  it('are listed when an unknown one is requested', async () => {
    await expect(create('surabaya')).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
      errors: [{ field: 'account', message: 'account must be one of jakarta, bandung, branch' }],
    });
    await expect(
      host.service.create({ externalId: 'order-1', amount: 60_000, email: 'siti@example.com' }),
    ).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
  });
});
