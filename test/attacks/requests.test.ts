import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Demo, DemoStage, type Link } from '../demo/demo.stage.js';
import { rawRequest } from './raw.request.js';

const WEBHOOK = '/webhooks/xendit/payout-links';
const JSON_TYPE = { 'content-type': 'application/json' };
const LEVELS = 5_000;
const DEEP_LIST = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
const DEEP_OBJECT = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;

/** Names that every object has: a validator that looks fields up by name takes them for known ones. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

/** Bodies that are never a valid one of any route. */
const BODIES: readonly string[] = [
  '',
  'null',
  '5',
  '"text"',
  '[]',
  '[{}]',
  '{',
  '{"externalId":"a"',
  DEEP_LIST,
  DEEP_OBJECT,
  `{"metadata":${DEEP_OBJECT}}`,
  `{"reason":${DEEP_LIST}}`,
  ...INHERITED.flatMap((name) =>
    ['null', '1', '{}', '"x"', '[]'].flatMap((value) => [
      `{"${name}":${value}}`,
      `{"metadata":{"${name}":${value}}}`,
    ]),
  ),
  '{"__proto__":{"externalId":"a","amount":50000,"email":"siti@example.com","reason":"r"}}',
  '{"externalId":{"toString":"x"},"amount":{"valueOf":1},"email":{"length":5}}',
  '{"externalId":["a"],"amount":[50000],"email":["siti@example.com"],"reason":["r"],"providerId":["a"]}',
  '{"externalId":"\\u0000","amount":1e400,"email":"\\ud800@example.com","reason":"\\u0000","providerId":"\\ud800"}',
  '{"externalId":" ","amount":50000,"email":"siti@example.com","reason":" ","providerId":" "}',
  '{"externalId":"a\\u0007","amount":-0,"email":"si\\u0007ti@example.com","providerId":".."}',
  `{"externalId":"${'漢'.repeat(255)}x","amount":50000.5,"email":"${'a'.repeat(300)}@example.com"}`,
  `{"reason":"${'x'.repeat(501)}","force":"yes","externalId":5}`,
];

/** Bodies that a webhook is sent, beside those that no route takes; all are JSON objects. */
const DELIVERIES: readonly string[] = [
  ...INHERITED.map((name) => `{"${name}":null,"data":{"${name}":1}}`),
  '{"event":5,"data":null}',
  '{"event":"disbursement.completed","data":[]}',
  '{"event":"constructor","data":{"id":"__proto__","status":"hasOwnProperty","amount":"x"}}',
  '{"data":{"id":"..","reference_id":"\\ud800","status":"\\u0000"}}',
  `{"data":{"id":"${'漢'.repeat(3_000)}","external_id":"${'漢'.repeat(3_000)}","status":"${'A'.repeat(3_000)}"}}`,
  `{"event":"${'漢'.repeat(3_000)}"}`,
  '{"a":1e999,"b":"\\u0000","c":"\\ud800"}',
];

describe('hostile requests', () => {
  let stage: DemoStage;
  let demo: Demo;
  let link: Link;
  const token = () => ({ ...JSON_TYPE, 'x-callback-token': stage.sandbox.webhookToken });
  beforeAll(async () => {
    stage = await DemoStage.open();
    demo = stage.demo;
    link = await demo.create();
  });
  afterAll(() => stage.close());

  const send = (...request: Parameters<typeof rawRequest> extends [string, ...infer Rest] ? Rest : never) =>
    rawRequest(demo.url, ...request);

  it('to the API are all refused with 4xx, in the shape of errors, naming the fields', async () => {
    const wrong: string[] = [];
    const routes = [
      '',
      ...['void', 'refresh', 'reissue', 'adopt', 'abandon'].map((action) => `/${link.id}/${action}`),
    ];
    for (const route of routes) {
      for (const body of BODIES) {
        const takesNoBody = route.endsWith('/refresh') || route.endsWith('/void');
        const response = await send('POST', `/payout-links${route}`, JSON_TYPE, body);
        const allowed = takesNoBody ? response.status < 500 : response.status >= 400 && response.status < 500;
        const { error } = JSON.parse(response.body) as { error?: { code?: unknown; message?: unknown } };
        const isShaped =
          takesNoBody || (typeof error?.code === 'string' && typeof error.message === 'string');
        if (!allowed || !isShaped)
          wrong.push(`${route} ${body.slice(0, 60)}: ${response.status} ${response.body}`);
      }
    }
    expect(wrong).toEqual([]);
    expect((await demo.get<{ items: Link[] }>('/payout-links')).body.items).toHaveLength(1);
  });

  it.each(INHERITED)('name a field called %s, and the others that are wrong', async (name) => {
    const { status, body } = await demo.post('/payout-links', `{"${name}":1,"amount":"5","externalId":"a"}`);
    expect(status).toBe(400);
    const fields = body.error.details?.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining([name, 'amount', 'email']));
  });

  it.each([
    ['externalId', [' ', '\u00a0\u2003', '\t', 'a\u0007', 'a\u2028b', 'x'.repeat(256), '\ud800']],
    [
      'email',
      ['siti\u0007@example.com', '"a\u0001b"@example.com', 'a@\ud800.com', `${'a'.repeat(250)}@example.com`],
    ],
    ['amount', ['50000', 50_000.5, -1, 2 ** 53, null, true]],
  ])('name a field %s that is wrong by itself', async (field, values) => {
    for (const value of values) {
      const { status, body } = await demo.post('/payout-links', demo.fields({ [field]: value }));
      expect([value, status, body.error.details?.map((detail) => detail.field)]).toEqual([
        value,
        400,
        [field],
      ]);
    }
  });

  it('with hostile ids, queries and methods never end in a 500', async () => {
    const names = [
      '%00',
      '%ff',
      '..%2f..',
      '%F0%9F',
      'constructor',
      '__proto__',
      "'; DROP TABLE payout_link; --",
      'x'.repeat(5_000),
    ];
    const paths = names.flatMap((name) => [
      `/payout-links/${encodeURI(name)}`,
      `/payout-links/${encodeURI(name)}/history`,
      `/payout-links?q=${encodeURI(name)}`,
      `/payout-links?status=${encodeURI(name)}`,
      `/payout-links?cursor=${encodeURI(name)}`,
      `/payout-links?limit=${encodeURI(name)}`,
      `/payout-links?${encodeURI(name)}=1`,
      `/links/${encodeURI(name)}`,
      `/reports/${encodeURI(name)}/2026-01-01/`,
      `/reports/default/${encodeURI(name)}/`,
      `/reports/default/2026-01-01/${encodeURI(name)}`,
      `/reports/default/statements/${encodeURI(name)}/`,
      `/balance?account=${encodeURI(name)}`,
      `/${encodeURI(name)}`,
    ]);
    const wrong: string[] = [];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const { status } = await send(method, path, method === 'GET' ? {} : JSON_TYPE);
        if (status >= 500) wrong.push(`${method} ${path.slice(0, 80)}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('to the webhook are refused with 400 when they are no JSON object or nested too deeply, and stored otherwise', async () => {
    for (const body of [
      ...BODIES.filter((text) => !/^\{.*\}$/s.test(text)),
      DEEP_OBJECT,
      `{"data":${DEEP_LIST}}`,
    ]) {
      const { status } = await send('POST', WEBHOOK, token(), body);
      expect([body.slice(0, 40), status]).toEqual([body.slice(0, 40), 400]);
    }
    for (const body of DELIVERIES) {
      const { status } = await send('POST', WEBHOOK, token(), body);
      expect([body.slice(0, 40), status]).toEqual([body.slice(0, 40), 200]);
    }
    const [{ count }] = (await stage.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM payout_link_delivery',
    )) as [{ count: number }];
    expect(count).toBe(DELIVERIES.length);
  });

  it('to the webhook with an empty body in chunks are refused, like one without a body', async () => {
    for (const body of [{ chunks: [] }, { chunks: [''] }, '', undefined])
      expect((await send('POST', WEBHOOK, token(), body)).status).toBe(400);
    const chunked = await send('POST', WEBHOOK, token(), { chunks: ['{"event":', '"in pieces"}'] });
    expect(chunked.status).toBe(200);
  });

  it('to the webhook with any id are stored once for each body', async () => {
    for (const id of ['é'.repeat(3_000), ' ', 'x'.repeat(256), '__proto__', 'constructor']) {
      const body = `{"event":"with the id ${id.length}"}`;
      for (let times = 0; times < 2; times += 1)
        expect((await send('POST', WEBHOOK, { ...token(), 'webhook-id': id }, body)).status).toBe(200);
      const rows = await stage.database.query('SELECT 1 FROM payout_link_delivery WHERE body::text = $1', [
        body,
      ]);
      expect([id.slice(0, 20), rows.length]).toEqual([id.slice(0, 20), 1]);
    }
  });

  it('to the sandbox never end in a 500 either', async () => {
    const { authorization } = {
      authorization: `Basic ${Buffer.from(`${stage.sandbox.apiKey}:`).toString('base64')}`,
    };
    const routes = [
      '/payouts',
      '/reports',
      '/_sandbox/claims',
      '/_sandbox/clock',
      '/_sandbox/faults',
      '/_sandbox/webhooks',
    ];
    for (const route of routes) {
      for (const body of BODIES) {
        const { status } = await rawRequest(
          stage.sandbox.url,
          'POST',
          route,
          { ...JSON_TYPE, authorization },
          body,
        );
        expect([route, body.slice(0, 40), status < 500]).toEqual([route, body.slice(0, 40), true]);
      }
    }
  });
});
