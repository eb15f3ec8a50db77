import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink, PayoutLinksAutoReissueOptions, PayoutLinksOptions } from 'nestjs-payout-links';
import { startHost, type Host } from '../support/host.js';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

/** A failure that the advice lets be retried at once. */
const AT_ONCE = { TEMPORARY_TRANSFER_ERROR: { waitMs: 0 } };
const HOUR_MS = 3_600_000;

interface PlanRow {
  external_id: string;
  attempt: number;
  max_attempts: number;
  outcome: string | null;
  reason: string | null;
  failure_code: string;
  wait: number;
}

describe('automatic reissue', () => {
  let stage: LibraryStage;
  /** Reads links: the acting process once there is one, which then plans at once. */
  let reader: Host;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
    reader = stage.host;
  });
  afterEach(() => stage.close());

  /** A process that acts. */
  const acting = async (
    autoReissue: PayoutLinksAutoReissueOptions = {},
    more: Partial<PayoutLinksOptions> = {},
  ): Promise<void> => {
    reader = await stage.another({ ...IMPATIENT, autoReissue, ...more });
  };
  const atOnce = (autoReissue: PayoutLinksAutoReissueOptions = {}) =>
    acting(Object.assign({ waits: ['1s'] }, autoReissue), { failureAdvice: AT_ONCE });
  const failed = async (
    externalId: string,
    accountNumber = '123456',
    amount = 50_000,
  ): Promise<PayoutLink> => {
    const link = await stage.create(externalId, { amount });
    await stage.claim(link, accountNumber);
    return reader.service.refresh(link.id);
  };
  const plans = () =>
    stage.database.query<PlanRow>(
      `SELECT link.external_id, plan.attempt, max_attempts, outcome, reason, plan.failure_code,
         round(extract(epoch FROM due_at - failure.effective_at))::int AS wait
       FROM payout_link_reissue_plan plan JOIN payout_link link ON link.id = payout_link_id
       JOIN payout_link_transition failure USING (payout_link_id, seq)
       ORDER BY link.external_id, plan.seq`,
    );
  const links = async () =>
    (await stage.service.list({ limit: 200 })).items
      .map(({ externalId, status }) => `${externalId} ${status}`)
      .toSorted();
  const planned = (count: number) =>
    until(`${count} plans are stored`, async () => {
      const rows = await plans();
      return rows.length >= count && rows;
    });
  const becomesDue = () =>
    stage.database.query(
      'UPDATE payout_link_reissue_plan SET next_attempt_at = now() WHERE ended_at IS NULL',
    );

  it('sends a temporary failure again after its wait, and the last one of a chain never', async () => {
    await atOnce({ maxAttempts: 3 });
    await failed('order');
    await failed('wrong-account', '121212');
    await until('the first retry waits for a claim', async () =>
      (await links()).includes('order-r1 PENDING'),
    );
    for (const externalId of ['order-r1', 'order-r2']) {
      const link = await until(`${externalId} is sent`, () =>
        stage.service.getByExternalId(externalId).catch(() => null),
      );
      await until('it is open', async () => (await stage.service.get(link.id)).status === 'PENDING');
      await stage.claim(await stage.service.get(link.id), '123456');
      await reader.service.refresh(link.id);
    }
    expect(await plans()).toMatchObject([
      { external_id: 'order', attempt: 2, max_attempts: 3, outcome: 'SENT' },
      { external_id: 'order-r1', attempt: 3, max_attempts: 3, outcome: 'SENT' },
    ]);
    // A failure planned later proves that the used up chain had its turn.
    await failed('later');
    await until('the later one is sent', async () => (await links()).includes('later-r1 PENDING'));
    expect(await links()).toEqual([
      'later FAILED',
      'later-r1 PENDING',
      'order FAILED',
      'order-r1 FAILED',
      'order-r2 FAILED',
      'wrong-account FAILED',
    ]);
    const first = await stage.service.getByExternalId('order-r1');
    expect(first.reissueReason).toBe('automatic: TEMPORARY_TRANSFER_ERROR, attempt 2 of 3');
  });

  it('counts each wait from when the failure took effect, never shorter than the advice asks', async () => {
    await acting({ waits: ['10m', '2h'] });
    await failed('short');
    const [short] = await planned(1);
    expect(short).toMatchObject({ wait: 3_600, attempt: 2, max_attempts: 3 });

    const second = await stage.service.get((await stage.service.list()).items[0]!.id);
    await stage.database.query('DELETE FROM payout_link_reissue_plan');
    await stage.database.query('UPDATE payout_link SET attempt = 2 WHERE id = $1', [second.id]);
    const [long] = await planned(1);
    expect(long).toMatchObject({ wait: 7_200, attempt: 3 });
  });

  it('leaves to people what is older than an hour when it is switched on: a backlog of 50', async () => {
    for (let index = 0; index < 50; index += 1) await failed(`old-${index}`);
    await stage.database.query(
      "UPDATE payout_link SET updated_at = updated_at - interval '61 minutes', status_at = status_at - interval '2 hours'",
    );
    await stage.database.query(
      "UPDATE payout_link_transition SET recorded_at = recorded_at - interval '61 minutes', effective_at = effective_at - interval '2 hours'",
    );
    await atOnce();
    await failed('new');
    await until('the new one is sent', async () => (await links()).includes('new-r1 PENDING'));
    expect(await plans()).toMatchObject([{ external_id: 'new', outcome: 'SENT' }]);
    expect(await stage.payouts()).toHaveLength(52);
  });

  it('plans neither imported links, nor ones with a condition, nor ones that had been final, nor large ones', async () => {
    const imported = await stage.caller.create({ external_id: 'imported', amount: 50_000 });
    const link = await stage.service.importLink({ providerId: imported.id });
    await stage.claim(link, '123456');
    await reader.service.refresh(link.id);

    const mismatch = await failed('mismatch');
    await stage.database.query(
      `INSERT INTO payout_link_discrepancy (type, account, payout_link_id, link_version, local_value, provider_value,
         first_seen_at, detected_by) VALUES ('AMOUNT_MISMATCH', 'default', $1, $2, '50000', '60000', now(), 'POLL')`,
      [mismatch.id, mismatch.version],
    );
    const before = await failed('final-before');
    await stage.database.query(
      "UPDATE payout_link_transition SET to_status = 'SUCCEEDED' WHERE payout_link_id = $1 AND seq = 2",
      [before.id],
    );
    await failed('large', '123456', 60_001);
    await failed('inclusive', '123456', 60_000);
    const writtenOff = await failed('written-off');
    await stage.service.writeOff(writtenOff.id, { reason: 'paid in cash' });
    const replaced = await failed('replaced');
    await stage.database.query(
      "UPDATE payout_link_transition SET occurred_at = occurred_at - interval '2 hours' WHERE payout_link_id = $1",
      [replaced.id],
    );
    await stage.service.reissue(replaced.id, { reason: 'by hand' });
    await acting({ maxAmount: 60_000n });
    await planned(1);
    expect(await plans()).toMatchObject([{ external_id: 'inclusive' }]);
  });

  it('sends expired links again only where the codes name them', async () => {
    await stage.create('unclaimed');
    await stage.caller.advance(4 * 24 * HOUR_MS);
    const { items } = await stage.service.list();
    await reader.service.refresh(items[0]!.id);
    await acting({ codes: ['EXPIRED_UNCLAIMED'], waits: ['2d'] });
    expect(await planned(1)).toMatchObject([{ external_id: 'unclaimed', failure_code: 'EXPIRED_UNCLAIMED' }]);
  });

  it('is ended for a chain by a new link that the provider refuses', async () => {
    await atOnce();
    stage.proxy.respondTo = async ({ body }, forward) => {
      if (!body.includes('order-r1')) return forward();
      const refusal = { error_code: 'INSUFFICIENT_BALANCE', message: 'top up' };
      return { status: 400, headers: {}, body: JSON.stringify(refusal) };
    };
    await failed('order');
    await until('the new link is refused', async () => (await links()).includes('order-r1 REJECTED'));
    // Sent again by hand, and failed: still for people.
    stage.proxy.respondTo = (_, forward) => forward();
    const next = await stage.service.create({
      externalId: 'order-r1',
      amount: 50_000,
      email: 'siti@example.com',
    });
    await stage.claim(next, '123456');
    await reader.service.refresh(next.id);
    await failed('later');
    await until('the later one is sent', async () => (await links()).includes('later-r1 PENDING'));
    expect((await plans()).map(({ external_id }) => external_id)).toEqual(['later', 'order']);
  });

  it('reads the provider first, and sends nothing when the link was paid after all', async () => {
    const link = await failed('order');
    stage.proxy.respondTo = async ({ path }, forward) => {
      const response = await forward();
      if (path !== `/payouts/${link.providerId}`) return response;
      const { failure_reason: _, ...body } = JSON.parse(response.body) as Record<string, unknown>;
      return { ...response, body: JSON.stringify({ ...body, status: 'SUCCEEDED' }) };
    };
    await atOnce();
    const [plan] = await until('the plan has ended', async () => {
      const rows = await plans();
      return rows[0]?.outcome && rows;
    });
    expect(plan).toMatchObject({ outcome: 'REFUSED', reason: expect.stringContaining('SUCCEEDED') });
    expect(await links()).toEqual(['order SUCCEEDED']);
  });

  it.each([
    ['not yet processed', "status = 'RECEIVED', next_attempt_at = now() + interval '1 hour'"],
    ['a dead letter', "status = 'DEAD'"],
  ])('waits while a delivery about the link is %s', async (_, set) => {
    const link = await failed('order');
    // Unprocessed by this stage's hosts: of an account that shares the token, stored as they would store it.
    const body = { event: 'disbursement.completed', data: { id: link.providerId, status: 'SUCCEEDED' } };
    await stage.deliver(body, { webhookId: 'late' });
    await until(
      'it is processed once',
      async () => (await stage.count('payout_link_delivery WHERE attempts > 0')) === 1,
    );
    await stage.database.query(
      `UPDATE payout_link_delivery SET ${set}, lease_fence = lease_fence + 1 WHERE delivery_key = 'late'`,
    );
    await atOnce();
    await until('the plan waits', async () => (await plans())[0]?.reason?.includes('webhook delivery'));
    expect(await links()).toEqual(['order FAILED']);

    await stage.database.query("UPDATE payout_link_delivery SET status = 'PROCESSED'");
    await becomesDue();
    await until('it is sent', async () => (await links()).includes('order-r1 PENDING'));
  });

  it('waits for a provider that does not respond, however late that is', async () => {
    await failed('order');
    stage.proxy.respondTo = async ({ method }, forward) => {
      const response = await forward();
      return method === 'GET' ? { ...response, status: 503, body: 'down' } : response;
    };
    await atOnce();
    await until('the plan waits', async () => (await plans())[0]?.reason?.includes('did not respond'));
    expect((await plans())[0]).toMatchObject({ outcome: null });
    await stage.database.query("UPDATE payout_link SET updated_at = updated_at - interval '3 days'");
    stage.proxy.respondTo = (_, forward) => forward();
    await becomesDue();
    await until('it is sent', async () => (await links()).includes('order-r1 PENDING'));
  });

  it('can be cancelled with a reason, once, and is then not planned again', async () => {
    await acting();
    const link = await failed('order');
    await planned(1);
    const standing = (await stage.service.reissuePlans([link])).get(link.id);
    expect(standing).toMatchObject({ attempt: 2, maxAttempts: 3, failureCode: 'TEMPORARY_TRANSFER_ERROR' });
    await expect(stage.service.cancelReissuePlan(link.id, { reason: '' })).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
    });
    expect(await stage.service.cancelReissuePlan(link.id, { reason: 'paid in cash' })).toMatchObject({
      outcome: 'CANCELLED',
      reason: 'paid in cash',
    });
    await expect(stage.service.cancelReissuePlan(link.id, { reason: 'again' })).rejects.toMatchObject({
      code: 'REISSUE_REFUSED',
    });
    expect(await stage.service.reissuePlans([link])).toEqual(new Map());
    await failed('later');
    await planned(2);
    expect(await plans()).toMatchObject([
      { external_id: 'later', outcome: null },
      { external_id: 'order', outcome: 'CANCELLED' },
    ]);
  });

  it('does not stand beside a person’s reissue, and ends when it is due', async () => {
    const link = await failed('order');
    await acting();
    await planned(1);
    await stage.database.query(
      "UPDATE payout_link_transition SET occurred_at = occurred_at - interval '2 hours' WHERE payout_link_id = $1",
      [link.id],
    );
    await stage.service.reissue(link.id, { reason: 'by hand' });
    expect(await stage.service.reissuePlans([link])).toEqual(new Map());
    await expect(stage.service.cancelReissuePlan(link.id, { reason: 'why' })).rejects.toThrow(
      'nothing to cancel',
    );
    await becomesDue();
    await until('the plan has ended', async () => (await plans())[0]?.outcome === 'REFUSED');
    expect(await links()).toEqual(['order FAILED', 'order-r1 PENDING']);
  });

  it('refuses a chain of which an earlier link has succeeded, for people too', async () => {
    const link = await failed('order', '999999');
    const next = await stage.service.reissue(link.id, { reason: 'the account is open now' });
    await stage.claim(next, '999999');
    const last = await reader.service.refresh(next.id);
    await stage.database.query("UPDATE payout_link SET status = 'SUCCEEDED' WHERE id = $1", [link.id]);
    await expect(stage.service.reissue(last.id, { reason: 'again', force: true })).rejects.toThrow(
      'an earlier link of its chain, order, has succeeded',
    );
  });

  it.each<[string, object, RegExp]>([
    ['a code of the recipient', { codes: ['INVALID_DESTINATION'] }, /its owner is RECIPIENT/],
    [
      'a code that is not in the catalogue',
      { codes: ['NEW_CODE'] },
      /NEW_CODE is not in the failure catalogue/,
    ],
    ['no codes', { codes: [] }, /codes/],
    ['one attempt', { maxAttempts: 1 }, /maxAttempts/],
    ['a part of a rupiah', { maxAmount: 10.5 }, /maxAmount/],
    ['no waits', { waits: [] }, /waits/],
    ['a wait without a unit', { waits: ['60'] }, /each of waits must be a number and s, m, h or d/],
    ['a wait of nothing', { waits: ['0s'] }, /each of waits/],
    ['an unknown option', { attempts: 3 }, /attempts/],
  ])('does not start with %s', async (_, autoReissue, message) => {
    const host = startHost({
      databaseUrl: stage.database.url,
      sandbox: stage.sandbox,
      options: { autoReissue },
    });
    await expect(host).rejects.toThrow(message);
  });
});
