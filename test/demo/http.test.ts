import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basic } from '../sandbox/sandbox.caller.js';
import { Demo, DemoStage } from './demo.stage.js';

const KEY = 'a-key-of-the-demo';
const WEBHOOK = '/webhooks/xendit/payout-links';

describe('a demo with a key', () => {
  let stage: DemoStage;
  let stranger: (
    method: string,
    path: string,
    headers?: Record<string, string>,
    body?: string,
  ) => Promise<Response>;
  beforeAll(async () => {
    stage = await DemoStage.open({ DEMO_API_KEY: KEY });
    stranger = (method, path, headers = {}, body) =>
      fetch(stage.demo.url + path, { method, headers, ...(body !== undefined && { body }) });
  });
  afterAll(() => stage.close());

  it.each([
    ['GET', '/payout-links'],
    ['GET', '/Payout-Links/'],
    ['POST', '/payout-links'],
    ['GET', '/payout-links/x/history'],
    ['POST', '/payout-links/x/void'],
    ['GET', '/'],
    ['GET', '/links/x'],
    ['GET', '/docs'],
    ['GET', '/docs-json'],
    ['GET', '/docs/swagger-ui-bundle.js'],
    ['GET', '/nowhere'],
  ])('responds to %s %s with 401 without the key or with another', async (method, path) => {
    for (const authorization of [undefined, 'Bearer wrong', `Bearer ${KEY}x`, 'Bearer', `Token ${KEY}`]) {
      const response = await stranger(method, path, authorization === undefined ? {} : { authorization });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: { code: 'UNAUTHORIZED', message: 'the API key is missing or wrong' },
      });
    }
  });

  it('does not read the body of a request without a key', async () => {
    const response = await stranger('POST', '/payout-links', { 'content-type': 'application/json' }, '{bad');
    expect(response.status).toBe(401);
  });

  it.each(['/', '/docs', '/docs-json'])('takes the key as password at %s', async (path) => {
    const asked = await stranger('GET', path);
    expect(asked.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    for (const user of ['', 'siti']) {
      expect((await stranger('GET', path, { authorization: basic(user, KEY) })).status).toBe(200);
    }
    expect((await stranger('GET', path, { authorization: basic(KEY, '') })).status).toBe(401);
    expect((await stranger('GET', path, { authorization: `Bearer ${KEY}` })).status).toBe(200);
  });

  it('takes no password at the API', async () => {
    const response = await stranger('GET', '/payout-links', { authorization: basic('', KEY) });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="payout links"',
    ]);
  });

  it('lets in who has the key', async () => {
    expect((await stage.demo.get('/payout-links')).status).toBe(200);
  });

  it.each(['/health/live', '/health/ready'])('responds to %s without a key', async (path) => {
    const response = await stranger('GET', path);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'ok' }),
    ]);
  });

  it('learns of a claim by the webhook, which needs no key', async () => {
    expect((await stage.claimed('1234567890', 'SUCCEEDED')).status).toBe('SUCCEEDED');
  });
});

describe('the webhook route', () => {
  let stage: DemoStage;
  beforeAll(async () => {
    stage = await DemoStage.open();
  });
  afterAll(() => stage.close());
  const deliver = (body: string, headers: Record<string, string> = {}, path = WEBHOOK) =>
    stage.demo.post<{ error: { code: string }; received?: boolean }>(path, body, headers);
  const token = () => ({ 'x-callback-token': stage.sandbox.webhookToken });

  it.each([
    ['no JSON', '{bad'],
    ['too large', `"${'x'.repeat(300_000)}"`],
    ['a delivery', '{"event":"x"}'],
  ])('responds with 401 without a token before it reads a body that is %s', async (_, body) => {
    for (const path of [WEBHOOK, `${WEBHOOK}/`, WEBHOOK.toUpperCase()]) {
      const missing = await deliver(body, {}, path);
      const wrong = await deliver(body, { 'x-callback-token': 'wrong' }, path);
      expect([missing.status, wrong.status]).toEqual([401, 401]);
      expect(missing.body).toEqual({
        error: { code: 'UNAUTHORIZED', message: 'x-callback-token is missing or wrong' },
      });
    }
    expect(await stage.database.query('SELECT FROM payout_link_delivery')).toEqual([]);
  });

  it.each([
    ['no JSON', '{bad', 400],
    ['an array', '[]', 400],
    ['nothing', '', 400],
    ['too large', `{"x":"${'x'.repeat(300_000)}"}`, 413],
    ['a test delivery', '{"event":"test"}', 200],
  ])('responds to a body with the token that is %s', async (_, body, status) => {
    expect((await deliver(body, token())).status).toBe(status);
  });
});

describe('every response', () => {
  let stage: DemoStage;
  beforeAll(async () => {
    stage = await DemoStage.open();
  });
  afterAll(() => stage.close());

  it.each(['/', '/payout-links', '/nowhere', '/docs'])('of %s carries the security headers', async (path) => {
    const { headers } = await stage.demo.get(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('refuses what another site makes a browser send', async () => {
    const { id } = await stage.demo.create();
    const { status, body } = await stage.demo.post(`/payout-links/${id}/void`, undefined, {
      'sec-fetch-site': 'cross-site',
      origin: 'https://elsewhere.example',
    });
    expect([status, body.error.code]).toEqual([403, 'FORBIDDEN']);
    expect((await stage.demo.link(id)).status).toBe('PENDING');
  });

  it('is for this machine under its own name alone, where there is no key', async () => {
    const { port } = new URL(stage.demo.url);
    const asked = (host: string, path: string) =>
      new Promise<number>((responded, failed) => {
        const url = new URL(path, stage.demo.url);
        get(url, { headers: { host } }, (response) => responded(response.resume().statusCode!)).on(
          'error',
          failed,
        );
      });
    for (const host of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`])
      expect(await asked(host, '/')).toBe(200);
    for (const host of [`elsewhere.example:${port}`, '127.0.0.1.elsewhere.example', '192.0.2.1'])
      for (const path of ['/', '/payout-links', '/docs'])
        expect([host, await asked(host, path)]).toEqual([host, 403]);
    expect(await asked('elsewhere.example', '/health/live')).toBe(200);
  });

  it('reveals nothing about an unexpected error', async () => {
    const own = await DemoStage.open({ LOG_LEVEL: 'error' });
    const { id } = await own.demo.create();
    await own.database.query('ALTER TABLE payout_link_transition RENAME TO gone');
    const { status, body } = await own.demo.get(`/payout-links/${id}/history`);
    await own.close();
    expect([status, body]).toEqual([
      500,
      { error: { code: 'INTERNAL_ERROR', message: 'something went wrong here; the log says what' } },
    ]);
  });
});

it('keeps links of an account without a key out of reach', async () => {
  const stage = await DemoStage.open();
  await stage.demo.create();
  await stage.database.query("UPDATE payout_link SET account = 'branch'");
  const opened = Demo.open({ databaseUrl: stage.database.url, sandbox: stage.sandbox });
  await expect(opened).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('"branch"') });
  await stage.close();
});
