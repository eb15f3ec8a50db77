import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHost } from '../support/host.js';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('the webhook route', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  const deliveries = () => stage.count('payout_link_delivery');

  it.each(['', 'wrong', 'sandbox_webhook_token_for_local_use_onl', 'ünïcode'.normalize()])(
    'refuses the token %j, whatever the body, and stores nothing',
    async (token) => {
      const latin = Buffer.from(token).toString('latin1');
      for (const body of [
        { event: 'disbursement.completed', data: {} },
        '[]',
        '{"event":',
        '',
        // More than a host reads.
        JSON.stringify({ event: 'x'.repeat(200_000) }),
      ]) {
        const response = await stage.deliver(body, { token: latin });
        expect(response.status).toBe(401);
        expect(await response.json()).toMatchObject({ message: 'x-callback-token is missing or wrong' });
      }
      expect(await deliveries()).toBe(0);
    },
  );

  it('checks the token first wherever the host has put the route', async () => {
    const host = await startHost({
      databaseUrl: stage.database.url,
      sandbox: stage.sandbox,
      prefix: '/api/v1',
    });
    try {
      const post = async (token: string, body: string) => {
        const headers = { 'content-type': 'application/json', 'x-callback-token': token };
        return (await fetch(`${host.webhookUrl}/?from=xendit`, { method: 'POST', headers, body })).status;
      };
      expect(await post('wrong', '{"event":')).toBe(401);
      expect(await post(stage.sandbox.webhookToken, '{"event":')).toBe(400);
      expect(await post(stage.sandbox.webhookToken, '{"event":"test"}')).toBe(200);
    } finally {
      await host.close();
    }
  });

  it('checks nothing but its own route: the host’s others need no token', async () => {
    for (const [method, path] of [
      ['GET', '/webhooks/xendit/payout-links'],
      ['POST', '/webhooks/xendit/payout-links/more'],
      ['POST', '/elsewhere'],
    ] as const) {
      expect((await fetch(stage.host.url + path, { method })).status).toBe(404);
    }
  });

  it.each(['[]', '"text"', '7', 'null', '{"event":', ''])(
    'responds to %j, which is not an object, with 400',
    async (body) => {
      expect((await stage.deliver(body)).status).toBe(400);
      expect(await deliveries()).toBe(0);
    },
  );

  it('reads a JSON body of another type, which the host has not parsed', async () => {
    const response = await fetch(stage.host.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-callback-token': stage.sandbox.webhookToken },
      body: '{"event":"disbursement.completed"}',
    });
    expect(response.status).toBe(200);
    expect(await stage.database.query('SELECT body FROM payout_link_delivery')).toEqual([
      { body: { event: 'disbursement.completed' } },
    ]);
  });

  it('does not take a form for a delivery', async () => {
    const response = await fetch(stage.host.webhookUrl, {
      method: 'POST',
      headers: { 'x-callback-token': stage.sandbox.webhookToken },
      body: new URLSearchParams({ event: 'disbursement.completed' }),
    });
    expect(response.status).toBe(400);
    expect(await deliveries()).toBe(0);
  });

  it('stores what it does not know and responds with 200: events, links, shapes', async () => {
    for (const body of [
      { event: 'payout.something_new', data: { id: 'x' } },
      { event: 'disbursement.completed', data: { id: 'unknown', reference_id: 'unknown' } },
      { event: 7, data: [1, 2] },
      {},
      { __proto__: null, constructor: 'x', data: null },
    ]) {
      expect((await stage.deliver(body)).status).toBe(200);
    }
    await until('all of them read', async () => (await stage.service.deliveries('UNMATCHED')).length === 5);
  });

  it.each([
    [
      'an envelope that names our external id',
      (id: string) => ({ data: { reference_id: 'order', id: `not-${id}` } }),
    ],
    ['an envelope that names the link', (id: string) => ({ data: { id } })],
    ['a flat body that names our external id', () => ({ external_id: 'order', id: 'a-transfer' })],
    ['a flat body that names the link', (id: string) => ({ id })],
  ])('finds the link of %s, and takes its state from a read', async (_, body) => {
    const link = await stage.create('order');
    await stage.claim(link, '999999');
    // It claims success, and the provider knows better.
    await stage.deliver({ event: 'payout.changed', ...body(link.providerId!) });
    await until('moved', async () => (await stage.service.get(link.id)).status === 'FAILED');
    expect((await stage.service.history(link.id)).at(-1)).toMatchObject({
      source: 'WEBHOOK',
      failureCode: 'REJECTED_BY_CHANNEL',
    });
  });

  it('cannot make a link paid or failed with the token alone', async () => {
    const link = await stage.create('target');
    for (const status of ['SUCCEEDED', 'FAILED', 'REVERSED', 'VOIDED']) {
      await stage.deliver({
        event: 'disbursement.completed',
        data: {
          id: link.providerId,
          reference_id: 'target',
          status,
          amount: 50_000,
          failure_code: 'INVALID',
        },
      });
    }
    await until(
      'tried',
      async () => (await stage.count('payout_link_delivery WHERE last_error IS NOT NULL')) === 4,
    );
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'PENDING', version: link.version });
  });

  it('keeps a delivery that comes again once: by its webhook-id, or by its body where it has none', async () => {
    const body = { event: 'disbursement.completed', data: { id: 'x' } };
    await Promise.all(Array.from({ length: 10 }, () => stage.deliver(body, { webhookId: 'one' })));
    await Promise.all(Array.from({ length: 10 }, () => stage.deliver(body)));
    await stage.deliver({ ...body, more: true });
    expect(await deliveries()).toBe(3);
    const rows = await stage.database.query<{ received_count: number }>(
      'SELECT received_count FROM payout_link_delivery ORDER BY received_count',
    );
    expect(rows.map(({ received_count }) => received_count)).toEqual([1, 10, 10]);
  });

  it('processes what the sandbox really sends', async () => {
    await stage.caller.control('webhooks', { url: stage.host.webhookUrl, drop: 0 });
    const good = await stage.create('good');
    const bad = await stage.create('bad');
    await stage.claim(good);
    await stage.claim(bad, '121212');
    await until('both ends known', async () => {
      const links = await Promise.all([good, bad].map(({ id }) => stage.service.get(id)));
      return links[0]!.status === 'SUCCEEDED' && links[1]!.status === 'FAILED';
    });
    expect(await stage.service.get(bad.id)).toMatchObject({ failureCode: 'INVALID_DESTINATION' });
  });

  it('is not there where the host does not receive', async () => {
    const off = await stage.another({ webhook: { receive: false } });
    const response = await fetch(off.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-callback-token': stage.sandbox.webhookToken },
      body: '{}',
    });
    expect(response.status).toBe(404);
  });
});
