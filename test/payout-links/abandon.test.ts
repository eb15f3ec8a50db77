import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink } from 'nestjs-payout-links';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

const REASON = { reason: 'the provider has no payout with this external id' };

describe('abandon', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  /** A create without a response; with `timeout-after` the provider has made it. */
  const unconfirmed = async (
    externalId: string,
    kind: 'timeout-before' | 'timeout-after' = 'timeout-before',
  ): Promise<PayoutLink> => {
    await stage.fault('POST /payouts', kind, 2, 2_000);
    const link = await stage.create(externalId);
    expect(link.status).toBe('UNCONFIRMED');
    return link;
  };
  const createdDaysAgo = (link: PayoutLink, days: number) =>
    stage.database.query(
      `UPDATE payout_link SET created_at = now() - make_interval(secs => $2),
         status_at = now() - make_interval(secs => $2) WHERE id = $1`,
      [link.id, days * 86_400],
    );

  it('ends a create that is more than four days old, and keeps who and why', async () => {
    const link = await unconfirmed('order-1');
    await createdDaysAgo(link, 4.1);
    expect(await stage.service.abandon(link.id, REASON)).toMatchObject({
      status: 'REJECTED',
      failureCode: 'ABANDONED',
    });
    expect((await stage.service.history(link.id)).at(-1)).toMatchObject({
      from: 'UNCONFIRMED',
      to: 'REJECTED',
      source: 'OPERATOR',
      raw: REASON,
    });
    await expect(stage.service.abandon(link.id, REASON)).rejects.toMatchObject({ code: 'ABANDON_REFUSED' });
    await expect(stage.create('order-1')).rejects.toMatchObject({
      code: 'DUPLICATE_PAYOUT',
      message: expect.stringContaining('abandoned'),
    });
    expect(await stage.requests('POST /payouts')).toBe(2);
  });

  it('refuses a younger one without force, and says until when', async () => {
    const link = await unconfirmed('order-2');
    await createdDaysAgo(link, 3.9);
    const { createdAt } = await stage.service.get(link.id);
    const until4Days = new Date(createdAt.getTime() + 4 * 86_400_000).toISOString();
    await expect(stage.service.abandon(link.id, REASON)).rejects.toMatchObject({
      code: 'ABANDON_REFUSED',
      message: expect.stringContaining(until4Days),
    });
    expect(await stage.service.abandon(link.id, { ...REASON, force: true })).toMatchObject({
      status: 'REJECTED',
    });
  });

  it('counts from the last time that it was sent', async () => {
    const link = await unconfirmed('order-6');
    await createdDaysAgo(link, 10);
    await stage.fault('POST /payouts', 'timeout-before', 1, 2_000);
    expect(await stage.create('order-6')).toMatchObject({ status: 'UNCONFIRMED' });
    await expect(stage.service.abandon(link.id, REASON)).rejects.toMatchObject({ code: 'ABANDON_REFUSED' });

    const rejected = await stage.create('order-7', { amount: 20_000_000_000 }).catch(() => undefined);
    expect(rejected).toBeUndefined();
    const again = await stage.service.getByExternalId('order-7');
    await createdDaysAgo(again, 10);
    await stage.fault('POST /payouts', 'timeout-before', 2, 2_000);
    expect(await stage.create('order-7', { amount: 20_000_000_000 })).toMatchObject({
      status: 'UNCONFIRMED',
    });
    await expect(stage.service.abandon(again.id, REASON)).rejects.toMatchObject({ code: 'ABANDON_REFUSED' });
  });

  it('refuses links in any other status, and a call without a reason', async () => {
    const link = await stage.create('order-3');
    await expect(stage.service.abandon(link.id, { ...REASON, force: true })).rejects.toMatchObject({
      code: 'ABANDON_REFUSED',
      message: expect.stringContaining('PENDING'),
    });
    await expect(stage.service.abandon(link.id, { reason: '' })).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
    });
  });

  it('applies what the provider shows after all, and records it', async () => {
    const link = await unconfirmed('order-4', 'timeout-after');
    await stage.service.abandon(link.id, { ...REASON, force: true });
    const [payout] = await stage.payouts();
    await stage.deliver({ event: 'payout.changed', data: { id: payout!.id, reference_id: 'order-4' } });
    await until('it is pending', async () => (await stage.service.get(link.id)).status === 'PENDING');
    expect(await stage.service.get(link.id)).toMatchObject({ providerId: payout!.id, failureCode: null });
    expect(await stage.database.query('SELECT type, local_value FROM payout_link_discrepancy')).toEqual([
      { type: 'FINAL_CHANGED', local_value: 'REJECTED' },
    ]);
  });

  it('is one step of the history, however many callers there are at once', async () => {
    const link = await unconfirmed('order-5');
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => stage.service.abandon(link.id, { ...REASON, force: true })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stage.service.history(link.id)).toHaveLength(3);
  });
});
