import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IMPATIENT, LibraryStage } from './library.stage.js';

const THREE_DAYS_MS = 3 * 24 * 60 * 60_000;

describe('a payout link', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  it('that does not exist is not found by any key', async () => {
    for (const call of [
      () => stage.service.get('no-uuid'),
      () => stage.service.get('11111111-1111-4111-8111-111111111111'),
      () => stage.service.getByExternalId('nothing'),
      () => stage.service.getByExternalId('no\0thing'),
      () => stage.service.getByExternalId('nothing', 'no\0body'),
      () => stage.service.history('11111111-1111-4111-8111-111111111111'),
      () => stage.service.void("'; DROP TABLE payout_link; --"),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'PAYOUT_LINK_NOT_FOUND' });
    }
  });

  it('is listed newest first, page by page, each once, even where many were created in the same moment', async () => {
    for (let index = 0; index < 9; index += 1) await stage.create(`page-${index}`);
    await stage.database.query(
      "UPDATE payout_link SET created_at = date_trunc('second', now()) WHERE external_id <> 'page-8'",
    );
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await stage.service.list({ limit: 2, ...(cursor && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ externalId }) => externalId));
      if (seen.length === 4) await stage.create('newer-than-the-page');
      ({ nextCursor: cursor } = page);
    } while (cursor !== null);
    const { items } = await stage.service.list();
    expect(items[0]!.externalId).toBe('newer-than-the-page');
    expect(seen).toEqual(items.slice(1).map(({ externalId }) => externalId));
    expect(new Set(seen).size).toBe(9);
  });

  it('is found by status, and by a part of its external id or address, taken literally', async () => {
    const voided = await stage.create('order-100%_done');
    await stage.create('order-1000-done', { email: 'budi@example.org' });
    await stage.service.void(voided.id);
    const found = async (filter: Parameters<typeof stage.service.list>[0]) =>
      (await stage.service.list(filter)).items.map(({ externalId }) => externalId);
    expect(await found({ status: 'VOIDED' })).toEqual(['order-100%_done']);
    expect(await found({ q: '100%_' })).toEqual(['order-100%_done']);
    expect(await found({ q: 'BUDI@' })).toEqual(['order-1000-done']);
    expect(await found({ q: "'; --" })).toEqual([]);
    expect(await found({ account: 'unknown' })).toEqual([]);
    expect(await found({ createdTo: voided.createdAt })).toEqual([]);
    expect(await found({ createdFrom: voided.createdAt })).toEqual(['order-1000-done', 'order-100%_done']);
    expect(await found({ status: 'PENDING', createdFrom: new Date(Date.now() + 60_000) })).toEqual([]);
    for (const bad of [
      { status: 'LOST' },
      { limit: 0 },
      { limit: 201 },
      { cursor: 'x' },
      { account: 'no\0body' },
      { sort: 'amount' },
    ]) {
      await expect(stage.service.list(bad as never)).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
    }
  });

  it('is refreshed from the provider’s response, with times, code and raw response in its history', async () => {
    const link = await stage.create('fails');
    await stage.claim(link, '121212');
    const failed = await stage.service.refresh(link.id);
    expect(failed).toMatchObject({
      status: 'FAILED',
      failureCode: 'INVALID_DESTINATION',
      payoutUrl: link.payoutUrl,
    });
    const last = (await stage.service.history(link.id)).at(-1)!;
    expect(last).toMatchObject({
      to: 'FAILED',
      failureCode: 'INVALID_DESTINATION',
      raw: expect.objectContaining({ status: 'FAILED', failure_reason: 'INVALID_DESTINATION' }),
    });
    expect(last.effectiveAt.getTime()).toBeLessThanOrEqual(last.recordedAt.getTime());
    expect(await stage.service.refresh(link.id)).toMatchObject({ version: failed.version });
  });

  it('has the time of the request as its last read, however late the response, with or without a change', async () => {
    const link = await stage.create('slow');
    const clock = async () =>
      (await stage.database.query<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]!.now;
    const slow = { route: 'GET /payouts/:id', kind: 'latency', times: 1, ms: 700 };
    for (const account of [undefined, '131313']) {
      if (account) await stage.caller.claim(link.providerId!, account);
      await stage.caller.control('faults', slow);
      const askedAfter = await clock();
      const { lastReadAt, status } = await stage.service.refresh(link.id);
      const respondedBy = await clock();
      expect(status).toBe(account ? 'REQUESTED' : 'PENDING');
      expect(lastReadAt!.getTime()).toBeGreaterThanOrEqual(askedAfter.getTime() - 1);
      expect(respondedBy.getTime() - lastReadAt!.getTime()).toBeGreaterThanOrEqual(700);
    }
  });

  it('of a create whose outcome is unknown is not changed by a refresh, which calls nothing', async () => {
    await stage.fault('POST /payouts', 'timeout-before', 2);
    const link = await stage.create('unknown-outcome');
    expect(await stage.service.refresh(link.id)).toEqual(link);
    expect(await stage.requests('GET /payouts/:id')).toBe(0);
  });

  it('that was paid and came back is reversed, and that is a discrepancy', async () => {
    const link = await stage.create('comes-back');
    await stage.claim(link, '654321');
    expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'SUCCEEDED' });
    await stage.caller.advance(3 * 60_000);
    expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'REVERSED' });
    expect(
      await stage.database.query('SELECT type, local_value, provider_value FROM payout_link_discrepancy'),
    ).toEqual([{ type: 'REVERSED_AFTER_SUCCESS', local_value: 'SUCCEEDED', provider_value: 'REVERSED' }]);
  });

  it('locks its recipient out after three wrong passcodes, and says so', async () => {
    const link = await stage.create('guessed');
    const form = { passcode: 'wrong', bankCode: 'BCA', accountNumber: '1', accountHolderName: 'x' };
    for (let guess = 0; guess < 3; guess += 1) await stage.caller.submit(link.providerId!, form);
    expect(await stage.service.refresh(link.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'RECIPIENT_LOCKED_OUT',
    });
  });

  it('expires three days after it was created, and is known to have', async () => {
    const link = await stage.create('unknown-there');
    await stage.caller.advance(THREE_DAYS_MS + 60_000);
    expect(await stage.service.refresh(link.id)).toMatchObject({
      status: 'EXPIRED',
      failureCode: 'EXPIRED_UNCLAIMED',
    });
  });

  it.each(['garbage', '500', 'timeout-after', 'reset'] as const)(
    'is unchanged when the provider responds to a read with %s',
    async (kind) => {
      const link = await stage.create('unread');
      await stage.claim(link);
      await stage.fault('GET /payouts/:id', kind, 2);
      await expect(stage.service.refresh(link.id)).rejects.toMatchObject({
        code: kind === 'garbage' ? 'UNEXPECTED_RESPONSE' : 'PROVIDER_UNAVAILABLE',
      });
      expect(await stage.service.get(link.id)).toEqual(link);
      expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'SUCCEEDED' });
    },
  );

  it('is voided while it waits, and voiding it twice succeeds', async () => {
    const link = await stage.create('changed-our-mind');
    expect(await stage.service.void(link.id)).toMatchObject({ status: 'VOIDED', payoutUrl: link.payoutUrl });
    expect(await stage.service.void(link.id)).toMatchObject({ status: 'VOIDED' });
    expect(await stage.requests('POST /payouts/:id/void')).toBe(1);
    const elsewhere = await stage.create('voided-elsewhere');
    await stage.caller.request('POST', `/payouts/${elsewhere.providerId}/void`);
    expect(await stage.service.void(elsewhere.id)).toMatchObject({ status: 'VOIDED' });
  });

  it('that was claimed in time cannot be voided, and its state is known then', async () => {
    const link = await stage.create('too-late');
    await stage.claim(link);
    await expect(stage.service.void(link.id)).rejects.toMatchObject({
      code: 'PAYOUT_LINK_NOT_VOIDABLE',
      httpStatus: 400,
      errorCode: 'CANCELLATION_NOT_ALLOWED',
    });
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'SUCCEEDED' });
    await expect(stage.service.void(link.id)).rejects.toMatchObject({ code: 'PAYOUT_LINK_NOT_VOIDABLE' });
  });

  it('is unchanged by a void whose response is unreadable, and voided by the next', async () => {
    const link = await stage.create('unclear');
    await stage.fault('POST /payouts/:id/void', 'garbage', 2);
    await expect(stage.service.void(link.id)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'PENDING' });
    expect(await stage.service.void(link.id)).toMatchObject({ status: 'VOIDED' });
    const busy = await stage.create('busy');
    await stage.fault('POST /payouts/:id/void', '429', 50, 1_000);
    await expect(stage.service.void(busy.id)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(await stage.service.get(busy.id)).toMatchObject({ status: 'PENDING' });
  });

  it('is never changed by a response about another payout or amount, which is stored as a discrepancy', async () => {
    const link = await stage.create('mine', { amount: 50_000 });
    const other = await stage.create('other', { amount: 60_000 });
    await stage.claim(other);
    await stage.database.query(`UPDATE payout_link SET provider_id = 'x' WHERE id = '${other.id}'`);
    await stage.database.query('UPDATE payout_link SET provider_id = $1 WHERE id = $2', [
      other.providerId,
      link.id,
    ]);
    await expect(stage.service.refresh(link.id)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    await stage.database.query(
      "UPDATE payout_link SET provider_id = $1, external_id = 'swap' WHERE id = $2",
      [`${link.providerId}`, link.id],
    );
    await stage.database.query("UPDATE payout_link SET external_id = 'mine', amount = 50001 WHERE id = $1", [
      link.id,
    ]);
    await expect(stage.service.refresh(link.id)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'PENDING' });
    const discrepancies = await stage.database.query<{ type: string }>(
      'SELECT type FROM payout_link_discrepancy ORDER BY id',
    );
    expect(discrepancies.map(({ type }) => type)).toEqual(['MISSING_AT_PROVIDER', 'AMOUNT_MISMATCH']);
  });

  it('seen by many at once has one history without gaps, step after step', async () => {
    const link = await stage.create('crowd');
    const hosts = await Promise.all([stage.another(), stage.another()]);
    await stage.caller.claim(link.providerId!);
    const readers = Array.from({ length: 30 }, (_, index) => hosts[index % 2]!.service.refresh(link.id));
    await stage.caller.advance(1_000);
    await Promise.all(readers);
    await stage.service.refresh(link.id);
    const history = await stage.service.history(link.id);
    expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1));
    expect(history.map(({ from }) => from)).toEqual([null, ...history.slice(0, -1).map(({ to }) => to)]);
    expect(history.at(-1)).toMatchObject({ to: 'SUCCEEDED' });
    expect(await stage.count('payout_link_discrepancy')).toBe(0);
  });
});
