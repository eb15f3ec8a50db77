import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PassedResponse } from '../support/provider.proxy.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('a response that is not as expected', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open({ http: { ...IMPATIENT.http, maxBodyBytes: 5_000 } });
  });
  afterEach(() => stage.close());

  /** Carries requests out and replaces their responses. */
  const respondWith = (change: (response: PassedResponse) => Partial<PassedResponse>) => {
    stage.proxy.respondTo = async (_, forward) => {
      const real = await forward();
      return { ...real, ...change(real) };
    };
  };
  const honest = () => respondWith(() => ({}));
  const changed = (body: string, fields: object) =>
    JSON.stringify({ ...(JSON.parse(body) as object), ...fields });
  /** Refuses without carrying anything out. */
  const refuse = (status: number, body: object) => {
    stage.proxy.respondTo = () =>
      Promise.resolve({
        status,
        headers: { 'content-type': 'application/json', 'request-id': 'r-1' },
        body: JSON.stringify(body),
      });
  };

  it.each<[string, (response: PassedResponse) => Partial<PassedResponse>]>([
    ['about another amount', ({ body }) => ({ body: changed(body, { amount: 50_001 }) })],
    ['about another external id', ({ body }) => ({ body: changed(body, { external_id: 'other' }) })],
    ['without an id', ({ body }) => ({ body: changed(body, { id: undefined }) })],
    ['with a fraction of a rupiah', ({ body }) => ({ body: changed(body, { amount: 50_000.5 }) })],
    ['of success with an error in it', () => ({ body: '{"error_code":"SERVER_ERROR","message":"sorry"}' })],
    ['longer than is read', ({ body }) => ({ body: changed(body, { padding: 'x'.repeat(6_000) }) })],
    ['of refusal that no provider wrote', () => ({ status: 400, body: '<html>blocked</html>' })],
    ['that is empty', () => ({ body: '' })],
  ])(
    'to a create, %s, leaves it unconfirmed with one payout at the provider, to be adopted',
    async (_, wrong) => {
      respondWith(wrong);
      const link = await stage.create('order');
      expect(link).toMatchObject({ status: 'UNCONFIRMED', providerId: null });
      expect(await stage.requests('POST /payouts')).toBe(2);
      const keys = new Set(stage.proxy.creates().map(({ values }) => values));
      expect(keys.size).toBe(1);
      const payouts = await stage.payouts();
      expect(payouts).toHaveLength(1);
      honest();
      expect(await stage.service.adopt(link.id, payouts[0]!.id)).toMatchObject({ status: 'PENDING' });
    },
  );

  it('that never comes is given up in time, however often memory is cleaned up meanwhile', async () => {
    const link = await stage.create('silent');
    stage.proxy.beforeResponse = () => new Promise(() => undefined);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const cleaning = setInterval(collect, 50);
    try {
      await expect(stage.service.refresh(link.id)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    } finally {
      clearInterval(cleaning);
    }
  });

  it('with a redirect is not followed, and the key reaches no other host', async () => {
    const reached: string[] = [];
    const trap = createServer((request, response) => {
      reached.push(request.url!);
      response.end();
    });
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    try {
      const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/payouts`;
      respondWith(({ headers }) => ({ status: 307, headers: { ...headers, location } }));
      expect(await stage.create('moved')).toMatchObject({ status: 'UNCONFIRMED' });
      expect(reached).toEqual([]);
    } finally {
      trap.close();
    }
  });

  it.each([
    [401, 'INVALID_API_KEY', 'AUTHENTICATION_FAILED'],
    [403, 'REQUEST_FORBIDDEN_ERROR', 'PERMISSION_DENIED'],
  ])('of %i without a code is about the key too', async (status, failureCode, code) => {
    refuse(status, { message: 'no' });
    await expect(stage.create('refused')).rejects.toMatchObject({ code, httpStatus: status });
    expect((await stage.service.list()).items).toMatchObject([{ status: 'REJECTED', failureCode }]);
  });

  it('of 403 is a permission that is missing: nothing was created, and the same call pays once it is given', async () => {
    refuse(403, { error_code: 'REQUEST_FORBIDDEN_ERROR', message: 'not for siti@example.com' });
    const error = await stage.create('forbidden').catch((refused: unknown) => refused);
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      httpStatus: 403,
      errorCode: 'REQUEST_FORBIDDEN_ERROR',
      requestId: 'r-1',
    });
    expect((error as Error).message).not.toContain('siti@');
    expect(await stage.service.getByExternalId('forbidden')).toMatchObject({
      status: 'REJECTED',
      failureCode: 'REQUEST_FORBIDDEN_ERROR',
    });
    honest();
    expect(await stage.create('forbidden')).toMatchObject({ status: 'PENDING', failureCode: null });
  });

  it('of refusal keeps an unknown code, and names the fields', async () => {
    refuse(422, { error_code: 'BRAND_NEW', errors: [{ path: ['email'], message: 'is not allowed' }] });
    await expect(stage.create('new')).rejects.toMatchObject({
      code: 'PAYOUT_REJECTED',
      errorCode: 'BRAND_NEW',
      errors: [{ field: 'email', message: 'is not allowed' }],
    });
    expect(await stage.service.getByExternalId('new')).toMatchObject({ failureCode: 'BRAND_NEW' });
  });

  it('of refusal proves nothing after an attempt that was lost', async () => {
    let attempts = 0;
    stage.proxy.respondTo = async (_, forward) => {
      attempts += 1;
      if (attempts > 1) {
        return { status: 400, headers: {}, body: '{"error_code":"API_VALIDATION_ERROR","message":"no"}' };
      }
      await forward();
      throw new Error('lost');
    };
    expect(await stage.create('lost-first')).toMatchObject({ status: 'UNCONFIRMED', failureCode: null });
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('with an unknown word is stored as unknown, until a known one comes', async () => {
    const link = await stage.create('odd');
    respondWith(({ body }) => ({ body: changed(body, { status: 'ON_HOLD' }) }));
    expect(await stage.service.refresh(link.id)).toMatchObject({
      status: 'UNKNOWN',
      providerStatus: 'ON_HOLD',
    });
    await expect(stage.service.void(link.id)).rejects.toMatchObject({ code: 'PAYOUT_LINK_NOT_VOIDABLE' });
    honest();
    expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'PENDING' });

    await stage.caller.claim(link.providerId!, '131313');
    await stage.service.refresh(link.id);
    respondWith(({ body }) => ({ body: changed(body, { status: 'ON_HOLD' }) }));
    expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'REQUESTED' });
    expect(await stage.database.query('SELECT type, resolved_at FROM payout_link_discrepancy')).toEqual([
      { type: 'UNKNOWN_STATUS', resolved_at: null },
    ]);
  });

  it.each([
    ['VOIDED', {}],
    ['FAILED', {}],
    ['CANCELED', {}],
  ])('that calls an expired link %s means that it expired', async (word, more) => {
    const link = await stage.create('unclaimed');
    respondWith(({ body }) => ({
      body: changed(body, { status: word, expiration_timestamp: '2020-01-01T00:00:00.000Z', ...more }),
    }));
    expect(await stage.service.refresh(link.id)).toMatchObject({
      status: 'EXPIRED',
      failureCode: 'EXPIRED_UNCLAIMED',
      providerStatus: word,
    });
  });

  it('that goes back to an earlier status changes nothing and is stored as a discrepancy, once', async () => {
    const link = await stage.create('paid');
    await stage.claim(link);
    await stage.service.refresh(link.id);
    respondWith(({ body }) => ({ body: changed(body, { status: 'PENDING' }) }));
    for (let read = 0; read < 3; read += 1) {
      expect(await stage.service.refresh(link.id)).toMatchObject({
        status: 'SUCCEEDED',
        providerStatus: 'SUCCEEDED',
      });
    }
    expect(await stage.database.query('SELECT type, local_value FROM payout_link_discrepancy')).toEqual([
      { type: 'STATUS_REGRESSION', local_value: 'SUCCEEDED' },
    ]);
  });

  it('of 404 to a read is a discrepancy that ends when the provider finds the link again', async () => {
    const link = await stage.create('misplaced');
    refuse(404, { error_code: 'DATA_NOT_FOUND', message: 'no such payout' });
    for (let read = 0; read < 2; read += 1) {
      await expect(stage.service.refresh(link.id)).rejects.toMatchObject({
        code: 'UNEXPECTED_RESPONSE',
        errorCode: 'DATA_NOT_FOUND',
      });
    }
    const open = 'payout_link_discrepancy WHERE resolved_at IS NULL';
    expect(await stage.count(open)).toBe(1);
    expect(await stage.service.get(link.id)).toEqual(link);
    honest();
    await stage.service.refresh(link.id);
    expect(await stage.count(open)).toBe(0);
  });
});
