import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { HostStage, payoutFor } from './ordinary-host.js';

const { builtins, getTypeParser, setTypeParser } = pg.types;
const CHANGED = [builtins.TIMESTAMPTZ, builtins.INT8, builtins.INT4, builtins.JSON, builtins.BOOL] as const;

describe('a host that changes the type parsers of the process', () => {
  let stage: HostStage;
  const before = CHANGED.map((oid) => getTypeParser(oid));
  beforeAll(async () => {
    stage = await HostStage.open();
    for (const oid of CHANGED) setTypeParser(oid, (text: string) => `text ${text}`);
  });
  afterAll(async () => {
    for (const [index, oid] of CHANGED.entries()) setTypeParser(oid, before[index]);
    await stage.close();
  });

  it('creates, reads, lists and reissues with the types that the library promises', async () => {
    const { service } = await stage.start({ dataSource: { parseInt8: true } });
    await stage.caller.control('webhooks', { drop: 1 });
    const link = await service.create({ ...payoutFor('order-1'), metadata: { order: 7 } });
    expect(link).toMatchObject({ amount: 50_000n, version: 2, metadata: { order: 7 } });
    await stage.claim(link.providerId, '999999');
    await service.refresh(link.id);
    expect(await service.reissue(link.id, { reason: 'again' })).toMatchObject({ attempt: 2 });
    const [change] = await service.history(link.id);
    expect(change!.recordedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    const { items } = await service.list({ limit: 1 });
    expect(items[0]!.createdAt).toEqual((await service.get(items[0]!.id)).createdAt);
  });

  it('reads times to the millisecond as the driver itself does', async () => {
    const { TYPE_PARSERS } = await import('../../libs/payout-links/src/database/type-parsers.js');
    const parse = TYPE_PARSERS.getTypeParser(builtins.TIMESTAMPTZ) as (text: string) => Date;
    const driver = before[0] as unknown as (text: string) => Date;
    for (const text of [
      '2026-11-28 20:41:00+00',
      '2026-11-28 20:41:00.1+00',
      '2026-11-28 20:41:00.123456+07',
      '2026-11-28 20:41:00.999999-03:30',
      '1999-12-31 23:59:59.001+05:45',
    ])
      expect([text, parse(text)]).toEqual([text, driver(text)]);
  });
});
