import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink } from 'nestjs-payout-links';
import { NOBODY_LISTENS } from '../support/host.js';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('a create whose process died', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    // Each test starts the recovery itself.
    stage = await LibraryStage.open({ ...IMPATIENT, recovery: false });
  });
  afterEach(() => stage.close());

  /** An intent that was stored and never sent, whose lease was last renewed so many seconds ago. */
  const abandon = async (
    externalId: string,
    staleForSeconds: number,
    amount = 50_000,
  ): Promise<PayoutLink> => {
    stage.proxy.respondTo = () =>
      Promise.resolve({ status: 400, headers: {}, body: '{"error_code":"NOT_SENT","message":"no"}' });
    await stage.create(externalId, { amount }).catch(() => undefined);
    stage.proxy.respondTo = (_, forward) => forward();
    await stage.database.query(
      `UPDATE payout_link SET status = 'CREATING', failure_code = NULL,
         lease_expires_at = clock_timestamp() - make_interval(secs => $2)
       WHERE external_id = $1`,
      [externalId, staleForSeconds],
    );
    return stage.service.getByExternalId(externalId);
  };
  const settled = ({ id }: PayoutLink) =>
    until('settled', async () => {
      const link = await stage.service.get(id);
      return link.status !== 'CREATING' && link;
    });
  const lastStep = async ({ id }: PayoutLink) => (await stage.service.history(id)).at(-1);

  it('is sent by the next process, by one of several', async () => {
    const link = await abandon('never-sent', 61);
    const before = stage.proxy.creates().length;
    await Promise.all([stage.another(IMPATIENT), stage.another(IMPATIENT), stage.another(IMPATIENT)]);
    expect(await settled(link)).toMatchObject({ status: 'PENDING', leaseFence: link.leaseFence + 1 });
    expect(await lastStep(link)).toMatchObject({ source: 'RECOVERY', from: 'CREATING', to: 'PENDING' });
    expect(stage.proxy.creates()).toHaveLength(before + 1);
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('is left alone for a minute, in which its holder may come back', async () => {
    const young = await abandon('young', 50);
    const old = await abandon('old', 61);
    await stage.another(IMPATIENT);
    await settled(old);
    expect(await stage.service.get(young.id)).toEqual(young);
  });

  it('is unconfirmed, never rejected, whatever the provider’s refusal', async () => {
    const link = await abandon('dear', 61, 20_000_000_000);
    await stage.another(IMPATIENT);
    expect(await settled(link)).toMatchObject({ status: 'UNCONFIRMED', failureCode: null });
    expect(await lastStep(link)).toMatchObject({
      source: 'RECOVERY',
      raw: expect.objectContaining({ error_code: 'INSUFFICIENT_BALANCE' }),
    });
    await expect(stage.service.reissue(link.id, { reason: 'again', force: true })).rejects.toMatchObject({
      code: 'REISSUE_REFUSED',
    });
  });

  it('is unconfirmed, never rejected, when the provider cannot be reached', async () => {
    const link = await abandon('interrupted', 61);
    await stage.another({ ...IMPATIENT, baseUrl: NOBODY_LISTENS });
    expect(await settled(link)).toMatchObject({ status: 'UNCONFIRMED' });
  });

  it('is taken over by a caller who makes the same call, and is not waited for', async () => {
    await abandon('asked-for-again', 61);
    expect(await stage.create('asked-for-again')).toMatchObject({ status: 'PENDING' });
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('is given to a caller as it is when its holder is alive and takes too long', async () => {
    const link = await abandon('slow', -3_600);
    const hasty = await stage.another({ http: { ...IMPATIENT.http, totalTimeoutMs: 500 } });
    const input = { externalId: 'slow', amount: 50_000, email: link.email };
    expect(await hasty.service.create(input)).toEqual(link);
    expect(await stage.payouts()).toHaveLength(0);
  });

  it('cannot be rejected by the previous holder while another process holds the lease', async () => {
    const latches = [latch(), latch()] as const;
    let attempts = 0;
    stage.proxy.respondTo = async (_, forward) => {
      attempts += 1;
      if (attempts === 1) {
        await latches[0].opened;
        return { status: 400, headers: {}, body: '{"error_code":"TOO_LATE","message":"no"}' };
      }
      const response = await forward();
      await latches[1].opened;
      return response;
    };
    const [paused, next] = await Promise.all([stage.another(), stage.another()]);
    const input = { externalId: 'overtaken', amount: 50_000, email: 'siti@example.com' };
    const late = paused.service.create(input);
    await until('the first attempt', () => attempts === 1);
    await stage.database.query(
      "UPDATE payout_link SET lease_expires_at = now() - interval '2 minutes' WHERE status = 'CREATING'",
    );
    const taken = next.service.create(input);
    await until('the attempt of who took it over', () => attempts === 2);
    latches[0].open();
    expect(await late).toMatchObject({ status: 'CREATING' });
    latches[1].open();
    expect(await taken).toMatchObject({ status: 'PENDING', failureCode: null });
    expect(await stage.payouts()).toHaveLength(1);
  });
});

/** A promise that is resolved by hand. */
function latch(): { opened: Promise<void>; open: () => void } {
  let open = () => undefined as void;
  const opened = new Promise<void>((done) => (open = done));
  return { opened, open: () => open() };
}
