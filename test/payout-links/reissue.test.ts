import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('reissue', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  const failed = async (externalId: string, accountNumber: string) => {
    const link = await stage.create(externalId);
    await stage.claim(link, accountNumber);
    return stage.service.refresh(link.id);
  };
  const refused = { code: 'REISSUE_REFUSED' };

  it('pays a dead link’s money by a new one, once, and then only by the last of the chain', async () => {
    const first = await failed('order', '999999');
    const second = await stage.service.reissue(first.id, { reason: 'the account is open now' });
    expect(second).toMatchObject({
      externalId: 'order-r1',
      amount: first.amount,
      email: first.email,
      status: 'PENDING',
      reissueOf: first.id,
      attempt: 2,
    });
    await expect(stage.service.reissue(first.id, { reason: 'again', force: true })).rejects.toThrow(
      'order-r1',
    );
    await stage.claim(second, '999999');
    await stage.service.refresh(second.id);
    const third = await stage.service.reissue(second.id, { reason: 'once more' });
    expect(third).toMatchObject({ externalId: 'order-r2', reissueOf: second.id, attempt: 3 });
    await expect(stage.service.reissue(first.id, { reason: 'again' })).rejects.toThrow('order-r2');
    expect(await stage.payouts()).toHaveLength(3);
  });

  it('sends money again that the bank returned', async () => {
    const link = await stage.create('returned');
    await stage.claim(link, '654321');
    await stage.service.refresh(link.id);
    await stage.caller.advance(180_000);
    expect(await stage.service.refresh(link.id)).toMatchObject({
      status: 'REVERSED',
      failureCode: 'REVERSED_BY_BANK',
    });
    expect(await stage.service.reissue(link.id, { reason: 'another account' })).toMatchObject({
      externalId: 'returned-r1',
      status: 'PENDING',
    });
  });

  it('makes one successor for two callers at once, in two processes', async () => {
    const other = await stage.another(IMPATIENT);
    for (let round = 0; round < 5; round += 1) {
      const link = await failed(`race-${round}`, '999999');
      const results = await Promise.allSettled(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stage.service : other.service).reissue(link.id, { reason: `by ${index}` }),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject(refused);
      }
    }
    expect(await stage.payouts()).toHaveLength(10);
  });

  it('obeys the catalogue unless it is forced, and no force shortens a wait', async () => {
    const invalid = await failed('invalid', '121212');
    await expect(stage.service.reissue(invalid.id, { reason: 'again' })).rejects.toMatchObject(refused);
    expect(await stage.service.reissue(invalid.id, { reason: 'account fixed', force: true })).toMatchObject({
      externalId: 'invalid-r1',
    });
    const unknown = await failed('unknown', '333333');
    await expect(stage.service.reissue(unknown.id, { reason: 'again' })).rejects.toThrow('REVIEW');
    const temporary = await failed('temporary', '123456');
    for (const force of [false, true]) {
      await expect(stage.service.reissue(temporary.id, { reason: 'again', force })).rejects.toThrow('before');
    }
    // The wait begins when it failed, or when we recorded it if the provider gave no time: not with the slot that it
    // counts in.
    await stage.database.query(
      "UPDATE payout_link SET status_at = status_at - interval '1 hour' WHERE id = $1",
      [temporary.id],
    );
    await expect(stage.service.reissue(temporary.id, { reason: 'again' })).rejects.toThrow('before');
    await stage.database.query(
      "UPDATE payout_link_transition SET occurred_at = occurred_at - interval '61 minutes' WHERE payout_link_id = $1",
      [temporary.id],
    );
    expect(await stage.service.reissue(temporary.id, { reason: 'an hour later' })).toMatchObject({
      attempt: 2,
    });
  });

  it('refuses every link whose money may still arrive or has', async () => {
    const pending = await stage.create('waiting');
    const claimed = await stage.create('claimed');
    await stage.caller.claim(claimed.providerId!, '131313');
    await stage.service.refresh(claimed.id);
    const paid = await stage.create('paid');
    await stage.claim(paid);
    await stage.service.refresh(paid.id);
    for (const { id } of [pending, claimed, paid]) {
      await expect(stage.service.reissue(id, { reason: 'again', force: true })).rejects.toMatchObject(
        refused,
      );
    }
    await expect(stage.service.reissue(pending.id, { reason: '' })).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
    });
  });

  it('reads the provider itself when the last read is old, and refuses unless that shows the link dead', async () => {
    const link = await failed('revived', '999999');
    const reads = await stage.requests('GET /payouts/:id');
    await stage.database.query("UPDATE payout_link SET last_read_at = last_read_at - interval '2 minutes'");
    await stage.fault('GET /payouts/:id', 'garbage', 2);
    await expect(stage.service.reissue(link.id, { reason: 'again' })).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    });
    expect(await stage.payouts()).toHaveLength(1);
    expect(await stage.service.reissue(link.id, { reason: 'again' })).toMatchObject({ attempt: 2 });
    expect(await stage.requests('GET /payouts/:id')).toBe(reads + 3);
  });

  it.each([
    ['still waits', '', 'PENDING'],
    ['is on its way', '131313', 'REQUESTED'],
    ['was paid', '1234567890', 'SUCCEEDED'],
  ])('is refused, even by force, when the provider says that the money %s', async (_, account, status) => {
    const link = await stage.create('thought-dead');
    if (account) await stage.claim(link, account);
    await stage.database.query(
      `UPDATE payout_link SET status = 'FAILED', failure_code = 'REJECTED_BY_CHANNEL',
         last_read_at = last_read_at - interval '2 minutes'`,
    );
    await expect(stage.service.reissue(link.id, { reason: 'again', force: true })).rejects.toMatchObject(
      refused,
    );
    expect(await stage.payouts()).toEqual([expect.objectContaining({ status })]);
    expect(await stage.count('payout_link')).toBe(1);
  });

  it('does not take a delivery’s word for a read, where the host believes deliveries', async () => {
    const believer = await stage.another({ ...IMPATIENT, webhook: { confirm: false } });
    const link = await stage.create('hearsay');
    await stage.database.query("UPDATE payout_link SET last_read_at = last_read_at - interval '2 minutes'");
    const response = await fetch(believer.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-callback-token': stage.sandbox.webhookToken },
      body: JSON.stringify({
        event: 'disbursement.failed',
        data: {
          id: link.providerId,
          reference_id: 'hearsay',
          amount: 50_000,
          failure_code: 'REJECTED_BY_CHANNEL',
        },
      }),
    });
    expect(response.status).toBe(200);
    await until('believed', async () => (await stage.service.get(link.id)).status === 'FAILED');
    await expect(believer.service.reissue(link.id, { reason: 'again' })).rejects.toMatchObject(refused);
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('requires an external id when the generated one would be too long, and stores nothing', async () => {
    const link = await failed('x'.repeat(254), '999999');
    await expect(stage.service.reissue(link.id, { reason: 'again' })).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
      errors: [expect.objectContaining({ field: 'externalId' })],
    });
    expect(await stage.count('payout_link')).toBe(1);
    expect(await stage.service.reissue(link.id, { reason: 'again', externalId: 'shorter' })).toMatchObject({
      status: 'PENDING',
      reissueOf: link.id,
    });
  });

  it('of a link that was rejected needs no read, and prevents the rejected one from being sent again', async () => {
    await expect(stage.create('dear', { amount: 11_000_000_000 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
    });
    const rejected = await stage.service.getByExternalId('dear');
    await expect(stage.service.reissue(rejected.id, { reason: 'topped up' })).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
    });
    expect(await stage.service.getByExternalId('dear-r1')).toMatchObject({
      status: 'REJECTED',
      reissueOf: rejected.id,
    });
    await expect(stage.create('dear', { amount: 11_000_000_000 })).rejects.toMatchObject({
      code: 'DUPLICATE_PAYOUT',
    });
    expect(await stage.requests('POST /payouts')).toBe(2);
    expect(await stage.requests('GET /payouts/:id')).toBe(0);
  });

  it('takes a given external id, and refuses one that is taken', async () => {
    const link = await failed('named', '999999');
    await stage.create('occupied');
    await expect(
      stage.service.reissue(link.id, { reason: 'again', externalId: 'occupied' }),
    ).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
    expect(await stage.service.reissue(link.id, { reason: 'again', externalId: 'free' })).toMatchObject({
      externalId: 'free',
    });
  });

  it('sends to a corrected address, which the old link never had', async () => {
    const link = await failed('mistyped', '999999');
    await expect(
      stage.service.reissue(link.id, { reason: 'again', email: 'no address' }),
    ).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
    const corrected = { reason: 'the address had a typing error', email: 'siti.rahayu@example.com' };
    expect(await stage.service.reissue(link.id, corrected)).toMatchObject({ email: corrected.email });
    expect(await stage.service.get(link.id)).toMatchObject({ email: link.email });
    expect((await stage.caller.emails()).at(-1)).toMatchObject({ to: corrected.email });
  });

  it('of a voided link requires a review first', async () => {
    const link = await stage.create('withdrawn');
    await stage.service.void(link.id);
    await expect(stage.service.reissue(link.id, { reason: 'again' })).rejects.toThrow('REVIEW');
    expect(await stage.service.reissue(link.id, { reason: 'wanted after all', force: true })).toMatchObject({
      status: 'PENDING',
    });
    await until('both at the provider', async () => (await stage.payouts()).length === 2);
  });
});
