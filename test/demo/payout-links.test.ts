import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PayoutLinksService } from 'nestjs-payout-links';
import { startSandbox } from 'payout-links-sandbox';
import { Demo, DemoStage, type Link } from './demo.stage.js';

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const KEYS = [
  'id',
  'externalId',
  'account',
  'providerId',
  'amount',
  'currency',
  'email',
  'status',
  'providerStatus',
  'failureCode',
  'advice',
  'payoutUrl',
  'expiresAt',
  'createdAt',
  'updatedAt',
  'reissueOf',
];

describe('the HTTP API', () => {
  let stage: DemoStage;
  let demo: Demo;
  beforeAll(async () => {
    stage = await DemoStage.open();
    demo = stage.demo;
  });
  afterAll(() => stage.close());

  describe('POST /payout-links', () => {
    it('responds with 201 and every key', async () => {
      const fields = demo.fields({ metadata: { order: 7 } });
      const { status, body } = await demo.post<Link>('/payout-links', fields);
      expect(status).toBe(201);
      expect(Object.keys(body)).toEqual(KEYS);
      expect(body).toMatchObject({
        externalId: fields.externalId,
        account: 'default',
        amount: 1_500_000,
        currency: 'IDR',
        email: 'siti@example.com',
        status: 'PENDING',
        providerStatus: 'PENDING',
        failureCode: null,
        advice: null,
        reissueOf: null,
      });
    });

    it('responds to the same call with 201 and the same link', async () => {
      const fields = demo.fields();
      const first = await demo.post<Link>('/payout-links', fields);
      const second = await demo.post<Link>('/payout-links', fields);
      expect([second.status, second.body]).toEqual([201, first.body]);
    });

    it('takes the largest amount there is', async () => {
      const { status, body } = await demo.post(
        '/payout-links',
        demo.fields({ amount: 9_007_199_254_740_991 }),
      );
      expect([status, body.error.code]).toEqual([422, 'INSUFFICIENT_BALANCE']);
    });

    it.each<[string, Record<string, unknown>, string[]]>([
      ['a numeric string', { amount: '15000' }, ['amount']],
      ['a fraction', { amount: 15_000.5 }, ['amount']],
      ['too little', { amount: 9_999 }, ['amount']],
      ['no amount', { amount: undefined }, ['amount']],
      ['no e-mail address', { email: 'siti' }, ['email']],
      ['an empty external id', { externalId: '' }, ['externalId']],
      ['a line break in the external id', { externalId: 'a\nb' }, ['externalId']],
      ['an array as metadata', { metadata: [] }, ['metadata']],
      ['an unknown field', { description: 'gift' }, ['description']],
      ['the account, which is not the caller’s to choose', { account: 'default' }, ['account']],
      ['several at once', { email: 1, amount: null, note: '' }, ['amount', 'email', 'note']],
    ])('refuses %s with 400, naming it', async (_, given, fields) => {
      const { status, body } = await demo.post('/payout-links', demo.fields(given));
      expect([status, body.error.code]).toEqual([400, 'INVALID_PAYOUT_LINK']);
      expect([...new Set(body.error.details!.map(({ field }) => field))].toSorted()).toEqual(fields);
    });

    it.each([
      ['no JSON', '{bad', 'BAD_REQUEST'],
      ['a text', '"text"', 'BAD_REQUEST'],
      ['an array', '[]', 'INVALID_PAYOUT_LINK'],
      ['nothing', '', 'INVALID_PAYOUT_LINK'],
      ['a field called __proto__', '{"__proto__":{"externalId":"x"}}', 'INVALID_PAYOUT_LINK'],
    ])('refuses a body that is %s with 400', async (_, text, code) => {
      const { status, body } = await demo.post('/payout-links', text);
      expect([status, body.error.code]).toEqual([400, code]);
    });

    it('refuses a body of another type with 400', async () => {
      const { status, body } = await demo.post('/payout-links', '{}', { 'content-type': 'text/plain' });
      expect([status, body.error.details]).toEqual([
        400,
        [{ field: 'body', message: 'the body must be a JSON object' }],
      ]);
    });

    it('reads bodies up to 256 kB and refuses larger ones with 413', async () => {
      const sized = (bytes: number) => demo.fields({ note: 'x'.repeat(bytes) });
      const inside = await demo.post('/payout-links', sized(255_000));
      const outside = await demo.post('/payout-links', sized(270_000));
      expect([inside.status, outside.status]).toEqual([400, 413]);
      expect(outside.body.error.code).toBe('PAYLOAD_TOO_LARGE');
    });

    it('responds with 409 when the external id has other values here', async () => {
      const link = await demo.create();
      const { status, body } = await demo.post('/payout-links', {
        externalId: link.externalId,
        amount: 20_000,
        email: link.email,
      });
      expect([status, body.error.code]).toEqual([409, 'DUPLICATE_PAYOUT']);
    });

    it('responds with 409 when the provider has the external id, and with 422 to other refusals', async () => {
      const { externalId } = demo.fields();
      await stage.provider.create({ external_id: externalId });
      const duplicate = await demo.post('/payout-links', demo.fields({ externalId }));
      expect([duplicate.status, duplicate.body.error.code]).toEqual([409, 'DUPLICATE_PAYOUT']);

      const costly = await demo.post('/payout-links', demo.fields({ amount: 10_000_000_001 }));
      expect([costly.status, costly.body.error.code]).toEqual([422, 'INSUFFICIENT_BALANCE']);
    });

    it('responds with 202 while the outcome is unknown, and with 201 once it is settled', async () => {
      const fields = demo.fields();
      await stage.fault('POST /payouts', '500', 4);
      const unsettled = await demo.post<Link>('/payout-links', fields);
      expect([unsettled.status, unsettled.body.status]).toEqual([202, 'UNCONFIRMED']);

      const settled = await demo.post<Link>('/payout-links', fields);
      expect([settled.status, settled.body.status, settled.body.id]).toEqual([
        201,
        'PENDING',
        unsettled.body.id,
      ]);
    });

    it('responds with 503 and whole seconds of Retry-After when rate limited', async () => {
      await stage.fault('POST /payouts', '429', 1, 3_599_001);
      const { status, headers, body } = await demo.post('/payout-links', demo.fields());
      expect([status, body.error.code, headers.get('retry-after')]).toEqual([503, 'RATE_LIMITED', '60']);
    });

    it.each([
      ['refuses the key', 'AUTHENTICATION_FAILED', { apiKey: 'unknown' }],
      ['is unreachable', 'PROVIDER_UNAVAILABLE', { url: 'http://127.0.0.1:1' }],
    ])('responds with 502 when the provider %s', async (_, code, other) => {
      const sandbox = { ...stage.sandbox, ...other };
      const elsewhere = await Demo.open({ databaseUrl: stage.database.url, sandbox });
      const { status, body } = await elsewhere.post('/payout-links', elsewhere.fields());
      await elsewhere.close();
      expect([status, body.error.code]).toEqual([502, code]);
    });
  });

  describe('GET /payout-links', () => {
    it('lists newest first, page after page', async () => {
      const prefix = `page-${Date.now()}`;
      const created = [];
      for (let index = 0; index < 5; index += 1)
        created.push(await demo.create({ externalId: `${prefix}-${index}` }));
      const listed: Link[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body }: { body: { items: Link[]; nextCursor: string | null } } = await demo.get(
          `/payout-links?q=${prefix.toUpperCase()}&limit=2${cursor && `&cursor=${cursor}`}`,
        );
        expect(body.items.length).toBeLessThanOrEqual(2);
        listed.push(...body.items);
        cursor = body.nextCursor;
      }
      expect(listed).toEqual(created.toReversed());
    });

    it('narrows to a status, and to a part of the e-mail address', async () => {
      const email = `part-${Date.now()}@example.com`;
      const link = await demo.create({ email });
      await demo.create({ email });
      await demo.post(`/payout-links/${link.id}/void`);
      const { body } = await demo.get<{ items: Link[] }>(
        `/payout-links?status=VOIDED&q=${encodeURIComponent(email.slice(0, -8))}`,
      );
      expect(body.items.map(({ id }) => id)).toEqual([link.id]);
    });

    it.each([
      ['status=DONE', 'status'],
      ['status=PENDING&status=FAILED', 'status'],
      ['status=', 'status'],
      ['q=', 'q'],
      ['q=%00', 'q'],
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=1e1', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=', 'limit'],
      ['limit=%2010', 'limit'],
      ['cursor=abc', 'cursor'],
      ['cursor=MTIz', 'cursor'],
      ['page=2', 'page'],
      ['status[]=PENDING', 'status[]'],
    ])('refuses ?%s with 400, naming %s', async (query, field) => {
      const { status, body } = await demo.get(`/payout-links?${query}`);
      expect([status, body.error.code]).toEqual([400, 'INVALID_PAYOUT_LINK']);
      expect(body.error.details!.map((detail) => detail.field)).toContain(field);
    });
  });

  describe('a link whose recipient was redacted', () => {
    it('is shown without the address by every route and page, and is sent again only to a new one', async () => {
      const email = 'forget.this@example.com';
      const link = await demo.create({ email });
      await demo.post(`/payout-links/${link.id}/void`);
      await demo.app.get(PayoutLinksService).forget(email);
      const paths = [
        `/payout-links/${link.id}`,
        `/payout-links/${link.id}/history`,
        `/links/${link.id}`,
        '/',
      ];
      for (const path of [...paths, `/payout-links?q=${link.externalId}`]) {
        const { status, text } = await demo.get(path);
        expect([path, status, text.includes(email)]).toEqual([path, 200, false]);
      }
      expect(await demo.link(link.id)).toMatchObject({
        email: 'redacted',
        amount: link.amount,
        payoutUrl: null,
      });
      const again = { reason: 'asked again', force: true };
      expect((await demo.post(`/payout-links/${link.id}/reissue`, again)).status).toBe(409);
      const corrected = { ...again, email: 'new@example.com' };
      expect((await demo.post(`/payout-links/${link.id}/reissue`, corrected)).status).toBe(201);
    });
  });

  describe('GET /payout-links/:id and its history', () => {
    it('returns every change, oldest first, the first without a previous status', async () => {
      const { id } = await stage.claimed('123456', 'FAILED');
      const { status, body } = await demo.get<{ items: Record<string, unknown>[] }>(
        `/payout-links/${id}/history`,
      );
      expect(status).toBe(200);
      expect(body.items[0]).toEqual({
        from: null,
        to: 'CREATING',
        source: 'API',
        seenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        raw: null,
      });
      expect(body.items[1]).toMatchObject({ from: 'CREATING', to: 'PENDING', raw: { status: 'PENDING' } });
      expect(body.items.at(-1)).toMatchObject({ to: 'FAILED', source: 'WEBHOOK', raw: { status: 'FAILED' } });
    });

    it('advises on a failure, with the wait that it needs', async () => {
      const link = await stage.claimed('123456', 'FAILED');
      expect(link).toMatchObject({
        failureCode: 'TEMPORARY_TRANSFER_ERROR',
        advice: { retry: 'RETRY_LATER', owner: 'NOBODY', text: expect.stringMatching(/\w/) },
      });
      const { body } = await demo.get<{ items: { raw: { failed_timestamp?: string } }[] }>(
        `/payout-links/${link.id}/history`,
      );
      const failedAt = new Date(body.items.at(-1)!.raw.failed_timestamp!).getTime();
      expect(new Date(link.advice!.notBefore!).getTime()).toBe(failedAt + 3_600_000);
    });

    it.each(['', '/history'])('responds with 404 at /:id%s for an unknown link', async (path) => {
      for (const id of [NOWHERE, 'x', '%00', encodeURIComponent("' OR 1=1")]) {
        const { status, body } = await demo.get(`/payout-links/${id}${path}`);
        expect([id, status, body.error.code]).toEqual([id, 404, 'PAYOUT_LINK_NOT_FOUND']);
      }
    });
  });

  describe('POST /payout-links/:id/void', () => {
    it('voids a pending link, and once more', async () => {
      const { id } = await demo.create();
      for (const _ of ['first', 'again']) {
        const { status, body } = await demo.post<Link>(`/payout-links/${id}/void`);
        expect([status, body.status, body.advice]).toEqual([200, 'VOIDED', null]);
      }
    });

    it('responds with 409 when it is too late', async () => {
      const { id, providerId } = await demo.create();
      await stage.provider.claim(providerId!, '131313');
      const { status, body } = await demo.post(`/payout-links/${id}/void`);
      expect([status, body.error.code]).toEqual([409, 'PAYOUT_LINK_NOT_VOIDABLE']);
      expect((await demo.link(id)).status).toBe('REQUESTED');
    });

    it.each([
      ['an unreadable response', 'garbage', 4, 502, 'UNEXPECTED_RESPONSE'],
      ['a failure at the provider', '500', 4, 502, 'PROVIDER_UNAVAILABLE'],
      ['the rate limit', '429', 1, 503, 'RATE_LIMITED'],
    ])('reports %s', async (_, kind, times, expected, code) => {
      const { id } = await demo.create();
      await stage.fault('POST /payouts/:id/void', kind, times, kind === '429' ? 200_000 : undefined);
      const { status, body, headers } = await demo.post(`/payout-links/${id}/void`);
      expect([status, body.error.code]).toEqual([expected, code]);
      expect(headers.get('retry-after')).toBe(expected === 503 ? '60' : null);
    });

    it('responds with 404 for an unknown link', async () => {
      const { status, body } = await demo.post(`/payout-links/${NOWHERE}/void`);
      expect([status, body.error.code]).toEqual([404, 'PAYOUT_LINK_NOT_FOUND']);
    });
  });

  describe('POST /payout-links/:id/refresh', () => {
    it('applies what the provider says now', async () => {
      await stage.provider.control('webhooks', { drop: 1 });
      const { id, providerId } = await demo.create();
      await stage.provider.request('POST', `/payouts/${providerId}/void`);
      const { status, body } = await demo.post<Link>(`/payout-links/${id}/refresh`);
      await stage.provider.control('webhooks', { drop: 0 });
      expect([status, body.status]).toEqual([200, 'VOIDED']);
    });

    it.each([
      ['an unreadable response', 'garbage', 4, 502, 'UNEXPECTED_RESPONSE'],
      ['a failure at the provider', '500', 4, 502, 'PROVIDER_UNAVAILABLE'],
      ['the rate limit', '429', 1, 503, 'RATE_LIMITED'],
    ])('reports %s', async (_, kind, times, expected, code) => {
      const { id } = await demo.create();
      await stage.fault('GET /payouts/:id', kind, times, kind === '429' ? 200_000 : undefined);
      const { status, body, headers } = await demo.post(`/payout-links/${id}/refresh`);
      expect([status, body.error.code]).toEqual([expected, code]);
      expect(headers.get('retry-after')).toBe(expected === 503 ? '60' : null);
    });

    it('responds with 502 when the provider does not have it, and with 404 when we do not', async () => {
      const forgetful = await startSandbox();
      const other = await Demo.open({ databaseUrl: stage.database.url, sandbox: forgetful });
      const { id } = await demo.create();
      const { status, body } = await other.post(`/payout-links/${id}/refresh`);
      const missing = await other.post(`/payout-links/${NOWHERE}/refresh`);
      await other.close();
      await forgetful.close();
      expect([status, body.error.code]).toEqual([502, 'UNEXPECTED_RESPONSE']);
      expect([missing.status, missing.body.error.code]).toEqual([404, 'PAYOUT_LINK_NOT_FOUND']);
    });
  });

  describe('POST /payout-links/:id/reissue', () => {
    it('responds with 201 and a new link that names the one it replaces, and with 409 the second time', async () => {
      const failed = await stage.claimed('999999', 'FAILED');
      const { status, body } = await demo.post<Link>(`/payout-links/${failed.id}/reissue`, {
        reason: 'active again',
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        externalId: `${failed.externalId}-r1`,
        reissueOf: failed.id,
        amount: failed.amount,
        status: 'PENDING',
      });
      const again = await demo.post(`/payout-links/${failed.id}/reissue`, { reason: 'once more' });
      expect([again.status, again.body.error.code]).toEqual([409, 'REISSUE_REFUSED']);
      expect(again.body.error.message).toContain(body.externalId);
    });

    it('responds with 202 while the outcome of the new create is unknown', async () => {
      const failed = await stage.claimed('999999', 'FAILED');
      await stage.fault('POST /payouts', '500', 4);
      const { status, body } = await demo.post<Link>(`/payout-links/${failed.id}/reissue`, { reason: 'x' });
      expect([status, body.status]).toEqual([202, 'UNCONFIRMED']);
    });

    it('refuses against the advice with 409, unless it is forced', async () => {
      const failed = await stage.claimed('121212', 'FAILED');
      const path = `/payout-links/${failed.id}/reissue`;
      const refused = await demo.post(path, { reason: 'x' });
      expect([refused.status, refused.body.error.code]).toEqual([409, 'REISSUE_REFUSED']);
      const externalId = `${failed.externalId}-again`;
      const forced = await demo.post<Link>(path, { reason: 'x', force: true, externalId });
      expect([forced.status, forced.body.externalId]).toEqual([201, externalId]);
    });

    it('refuses a link that lives with 409, an external id that is taken too', async () => {
      const pending = await demo.create();
      const alive = await demo.post(`/payout-links/${pending.id}/reissue`, { reason: 'x', force: true });
      expect([alive.status, alive.body.error.code]).toEqual([409, 'REISSUE_REFUSED']);

      const failed = await stage.claimed('999999', 'FAILED');
      const taken = await demo.post(`/payout-links/${failed.id}/reissue`, {
        reason: 'x',
        externalId: pending.externalId,
      });
      expect([taken.status, taken.body.error.code]).toEqual([409, 'DUPLICATE_PAYOUT']);
    });

    it.each<[Record<string, unknown>, string]>([
      [{}, 'reason'],
      [{ reason: '' }, 'reason'],
      [{ reason: 'a\0b' }, 'reason'],
      [{ reason: 'x', force: 'yes' }, 'force'],
      [{ reason: 'x', externalId: '' }, 'externalId'],
      [{ reason: 'x', amount: 20_000 }, 'amount'],
    ])('refuses %j with 400, naming %s', async (body, field) => {
      const { id } = await demo.create();
      const response = await demo.post(`/payout-links/${id}/reissue`, body);
      expect(response.status).toBe(400);
      expect(response.body.error.details!.map((detail) => detail.field)).toContain(field);
    });
  });

  describe('POST /payout-links/:id/adopt', () => {
    async function refusedAsDuplicate(amount: number) {
      const { externalId } = demo.fields();
      const theirs = await stage.provider.create({
        external_id: externalId,
        amount: 1_500_000,
        email: 'siti@example.com',
      });
      await demo.post('/payout-links', demo.fields({ externalId, amount }));
      const { body } = await demo.get<{ items: Link[] }>(
        `/payout-links?q=${String(externalId)}&status=REJECTED`,
      );
      const ours = body.items.find((link) => link.externalId === externalId)!;
      expect(ours.advice).toMatchObject({ retry: 'DO_NOT_RETRY' });
      return { ours, theirs };
    }

    it('takes the provider’s link that matches', async () => {
      const { ours, theirs } = await refusedAsDuplicate(1_500_000);
      const { status, body } = await demo.post<Link>(`/payout-links/${ours.id}/adopt`, {
        providerId: theirs.id,
      });
      expect([status, body.status, body.providerId, body.advice]).toEqual([200, 'PENDING', theirs.id, null]);
    });

    it('responds with 409 when it does not match, is unknown there, or ours is not waiting to be settled', async () => {
      const { ours, theirs } = await refusedAsDuplicate(1_600_000);
      const pending = await demo.create();
      for (const [id, providerId] of [
        [ours.id, theirs.id],
        [ours.id, NOWHERE],
        [pending.id, theirs.id],
      ]) {
        const { status, body } = await demo.post(`/payout-links/${id}/adopt`, { providerId });
        expect([status, body.error.code]).toEqual([409, 'ADOPT_REFUSED']);
      }
    });

    it.each([
      {},
      { providerId: 7 },
      { providerId: '' },
      { providerId: '\ud800' },
      { providerId: 'x', id: 'y' },
    ])('refuses %j with 400', async (body) => {
      const { id } = await demo.create();
      const response = await demo.post(`/payout-links/${id}/adopt`, body);
      expect([response.status, response.body.error.code]).toEqual([400, 'INVALID_PAYOUT_LINK']);
    });

    it('responds with 404 for an unknown link', async () => {
      const { status } = await demo.post(`/payout-links/${NOWHERE}/adopt`, { providerId: 'x' });
      expect(status).toBe(404);
    });
  });

  describe('POST /payout-links/:id/abandon', () => {
    const reason = 'not at the provider';

    async function unconfirmed(): Promise<Link> {
      await stage.fault('POST /payouts', '500', 4);
      const { status, body } = await demo.post<Link>('/payout-links', demo.fields());
      expect([status, body.status]).toEqual([202, 'UNCONFIRMED']);
      return body;
    }

    it('ends what the provider never made; the same create again is a duplicate', async () => {
      const link = await unconfirmed();
      const early = await demo.post(`/payout-links/${link.id}/abandon`, { reason });
      expect([early.status, early.body.error.code]).toEqual([409, 'ABANDON_REFUSED']);
      const { status, body } = await demo.post<Link>(`/payout-links/${link.id}/abandon`, {
        reason,
        force: true,
      });
      expect([status, body.status, body.failureCode]).toEqual([200, 'REJECTED', 'ABANDONED']);
      expect(body.advice).toMatchObject({ retry: 'DO_NOT_RETRY', owner: 'NOBODY' });
      const { externalId, amount, email } = link;
      const again = await demo.post('/payout-links', { externalId, amount, email });
      expect([again.status, again.body.error.code]).toEqual([409, 'DUPLICATE_PAYOUT']);
    });

    it.each([{}, { reason: '' }, { reason, force: 'yes' }, { reason, more: 1 }])(
      'refuses %j with 400',
      async (body) => {
        const { id } = await demo.create();
        const response = await demo.post(`/payout-links/${id}/abandon`, body);
        expect([response.status, response.body.error.code]).toEqual([400, 'INVALID_PAYOUT_LINK']);
      },
    );

    it('responds 404 for what it does not have', async () => {
      expect((await demo.post(`/payout-links/${NOWHERE}/abandon`, { reason })).status).toBe(404);
    });
  });

  it('reissues to a corrected address', async () => {
    const dead = await stage.claimed('999999', 'FAILED');
    const { status, body } = await demo.post<Link>(`/payout-links/${dead.id}/reissue`, {
      reason: 'mistyped',
      email: 'siti.rahayu@example.com',
    });
    expect([status, body.email, body.reissueOf]).toEqual([201, 'siti.rahayu@example.com', dead.id]);
    const another = await stage.claimed('999999', 'FAILED');
    const same = await demo.post<Link>(`/payout-links/${another.id}/reissue`, {
      reason: 'again',
      email: null,
    });
    expect([same.status, same.body.email]).toEqual([201, another.email]);
  });

  it('gives what it does not serve the same shape', async () => {
    const nowhere = await demo.get('/nowhere');
    expect([nowhere.status, nowhere.body]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'Cannot GET /nowhere' } },
    ]);
    const undecodable = await demo.get('/payout-links/%ff');
    expect([undecodable.status, undecodable.body.error.code]).toEqual([400, 'BAD_REQUEST']);
    const method = await demo.request('DELETE', '/payout-links');
    expect([method.status, method.body.error.code]).toEqual([404, 'NOT_FOUND']);
  });
});

it('advises in the language of its configuration', async () => {
  const stage = await DemoStage.open({ REPORT_LANGUAGE: 'id' });
  const link = await stage.claimed('999999', 'FAILED');
  await stage.close();
  expect(link.advice!.text).toContain('rekening');
});
