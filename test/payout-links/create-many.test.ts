import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreateManyResult, CreatePayoutLink } from 'nestjs-payout-links';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

const input = (index: number, more: Partial<CreatePayoutLink> = {}): CreatePayoutLink => ({
  externalId: `row-${index}`,
  amount: 50_000 + index,
  email: `person-${index}@example.com`,
  ...more,
});
const inputs = (count: number) => Array.from({ length: count }, (_, index) => input(index));
const all = async (results: AsyncIterable<CreateManyResult>): Promise<CreateManyResult[]> => {
  const found: CreateManyResult[] = [];
  for await (const result of results) found.push(result);
  return found.toSorted((a, b) => a.index - b.index);
};

describe('createMany', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  it('creates every input, and the same call again finds the same links', async () => {
    const first = await all(stage.service.createMany(inputs(20)));
    const again = await all(stage.service.createMany(inputs(20), { concurrency: 20 }));
    expect(first.map((result) => 'link' in result && result.link.externalId)).toEqual(
      inputs(20).map(({ externalId }) => externalId),
    );
    expect(again.map((result) => 'link' in result && result.link.id)).toEqual(
      first.map((result) => 'link' in result && result.link.id),
    );
    expect(await stage.payouts()).toHaveLength(20);
  });

  it('yields results as they finish, and takes an input only when a place is free', async () => {
    let taken = 0;
    const slow = new Set(['row-0']);
    stage.proxy.respondTo = async ({ body }, forward) => {
      if (slow.has((JSON.parse(body) as { external_id: string }).external_id)) await wait(600);
      return forward();
    };
    const counted = inputs(9).map((row) => row);
    const results = stage.service.createMany(
      (function* () {
        for (const row of counted) {
          taken += 1;
          yield row;
        }
      })(),
      { concurrency: 2 },
    );
    const order: number[] = [];
    for await (const { index } of results) {
      order.push(index);
      // Two in progress beside those that are done.
      expect(taken).toBeLessThanOrEqual(order.length + 2);
    }
    expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(order.indexOf(0)).toBeGreaterThan(0);
  });

  it('yields the error of an input that is invalid, refused or no object, and creates the others', async () => {
    const wrong = [
      input(0),
      input(1, { amount: 5 }),
      null as never,
      'row' as never,
      input(4, { account: 'elsewhere' }),
      input(0, { amount: 60_000 }),
      input(6),
    ];
    const results = await all(stage.service.createMany(wrong, { concurrency: 1 }));
    expect(
      results.map((result) => ('error' in result ? (result.error as { code: string }).code : 'link')),
    ).toEqual([
      'link',
      'INVALID_PAYOUT_LINK',
      'INVALID_PAYOUT_LINK',
      'INVALID_PAYOUT_LINK',
      'INVALID_PAYOUT_LINK',
      'DUPLICATE_PAYOUT',
      'link',
    ]);
    expect(await stage.payouts()).toHaveLength(2);
  });

  it('lets the account of an input win over the one of the call', async () => {
    const error = { code: 'INVALID_PAYOUT_LINK' };
    const rows = [input(0), input(1, { account: 'default' })];
    const results = await all(stage.service.createMany(rows, { account: 'elsewhere' }));
    expect(results).toEqual([
      { index: 0, error: expect.objectContaining(error) },
      { index: 1, link: expect.objectContaining({ account: 'default' }) },
    ]);
  });

  it('yields what is in progress before it throws what the inputs threw', async () => {
    const results = stage.service.createMany(
      (async function* () {
        yield* inputs(3);
        throw new Error('row 4 cannot be read');
      })(),
    );
    const found: CreateManyResult[] = [];
    await expect(
      (async () => {
        for await (const result of results) found.push(result);
      })(),
    ).rejects.toThrow('row 4 cannot be read');
    expect(found).toHaveLength(3);
    expect(await stage.payouts()).toHaveLength(3);
  });

  it('waits for what is in progress when its caller stops early, and takes no more', async () => {
    let closed = false;
    const results = stage.service.createMany(
      (function* () {
        try {
          yield* inputs(50);
        } finally {
          closed = true;
        }
      })(),
      { concurrency: 3 },
    );
    for await (const _ of results) break;
    expect(closed).toBe(true);
    // Nothing is left to finish behind the caller's back.
    expect(await stage.count("payout_link WHERE status = 'CREATING'")).toBe(0);
    const made = await stage.count('payout_link');
    expect(made).toBeLessThanOrEqual(4);
    expect(await stage.payouts()).toHaveLength(made);
  });

  it('does not wait for inputs that are slow to come when its caller stops', async () => {
    const results = stage.service.createMany(
      (async function* () {
        yield input(0);
        await new Promise(() => undefined);
      })(),
    );
    for await (const { index } of results) {
      expect(index).toBe(0);
      break;
    }
  });

  it.each([
    [401, 'INVALID_API_KEY', 'AUTHENTICATION_FAILED'],
    [403, 'REQUEST_FORBIDDEN_ERROR', 'PERMISSION_DENIED'],
  ])('stops taking inputs after a %i', async (status, errorCode, code) => {
    stage.proxy.respondTo = async (_, forward) => ({
      ...(await forward()),
      status,
      body: JSON.stringify({ error_code: errorCode, message: 'no' }),
    });
    const results = await all(stage.service.createMany(inputs(30), { concurrency: 2 }));
    expect(results.length).toBeLessThanOrEqual(3);
    expect(results[0]).toEqual({ index: 0, error: expect.objectContaining({ code }) });
  });

  it('keeps the batch of its inputs, by which a list can be filtered', async () => {
    const batch = { metadata: { batchId: 'f00d', cost_center: '17' } };
    await all(stage.service.createMany([input(0, batch), input(1), input(2, batch)]));
    const { items } = await stage.service.list({ batchId: 'f00d' });
    expect(items.map(({ externalId }) => externalId).toSorted()).toEqual(['row-0', 'row-2']);
    expect(items[0]!.metadata).toEqual(batch.metadata);
  });

  it.each([0, 101, 1.5, NaN])('refuses a concurrency of %p at once', (concurrency) => {
    expect(() => stage.service.createMany(inputs(1), { concurrency })).toThrow('concurrency');
  });

  it('is done twice at once without a second payout', async () => {
    const other = await stage.another(IMPATIENT);
    await Promise.all([all(stage.service.createMany(inputs(30))), all(other.service.createMany(inputs(30)))]);
    await until(
      'all are settled',
      async () => (await stage.count("payout_link WHERE status = 'PENDING'")) === 30,
    );
    expect(await stage.payouts()).toHaveLength(30);
  });
});
