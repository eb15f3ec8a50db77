import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, ReconcilerStage } from '../reconciler/reconciler.stage.js';
import { until } from '../support/until.js';
import { LibraryStage } from '../payout-links/library.stage.js';

const ACCOUNTS = {
  slow: { apiKey: 'xnd_development_slow', webhookTokens: ['token-of-slow'] },
  slower: { apiKey: 'xnd_development_slower', webhookTokens: ['token-of-slower'] },
  quick: { apiKey: 'xnd_development_quick', webhookTokens: ['token-of-quick'] },
};
/** More than are in progress at a time, fewer than may be with those that wait. */
const SLOW_OF_ONE = 20;
/** More than may be in progress at all. */
const SLOW_OF_ACCOUNT = 70;

describe('a provider that responds late, or asks to wait', () => {
  let stage: LibraryStage;
  let release: () => void;
  const slow = new Set<string>();
  let hanging = 0;
  beforeEach(async () => {
    slow.clear();
    hanging = 0;
    // Reads hang for longer than any test waits.
    const http = { attemptTimeoutMs: 600_000, totalTimeoutMs: 600_000 };
    stage = await LibraryStage.open({ accounts: ACCOUNTS, poolSize: 10, http });
    const released = new Promise<void>((done) => (release = done));
    stage.proxy.beforeResponse = async ({ path }) => {
      if (!slow.has(path)) return;
      hanging += 1;
      await released;
    };
  });
  afterEach(async () => {
    release();
    await stage.close();
  });

  const create = (account: keyof typeof ACCOUNTS, externalId: string) =>
    stage.service.create({ account, externalId, amount: 50_000, email: 'siti@example.com' });
  const deliver = (account: keyof typeof ACCOUNTS, externalId: string) =>
    stage.deliver(
      { data: { external_id: externalId, status: 'PENDING' } },
      { token: ACCOUNTS[account].webhookTokens[0], webhookId: externalId },
    );
  /** Links whose reads hang, and deliveries about them. */
  const deliverSlow = async (count: number, account: keyof typeof ACCOUNTS = 'slow') => {
    const links = await Promise.all(
      Array.from({ length: count }, (_, index) => create(account, `${account}-${index}`)),
    );
    for (const { providerId } of links) slow.add(`/payouts/${providerId!}`);
    for (const { externalId } of links) await deliver(account, externalId);
  };
  const processed = async (externalId: string) =>
    (await stage.count(
      `payout_link_delivery WHERE status = 'PROCESSED' AND delivery_key = '${externalId}'`,
    )) === 1;

  it('does not hold up webhooks about other links of the account while its reads hang', async () => {
    await create('slow', 'other');
    await deliverSlow(SLOW_OF_ONE);
    await until('all of them hang', () => hanging === SLOW_OF_ONE);
    await deliver('slow', 'other');
    await until('processed', () => processed('other'));
    expect(await stage.count("payout_link_delivery WHERE status = 'RECEIVED'")).toBe(SLOW_OF_ONE);
  });

  it('does not hold up webhooks of one account, however many reads of all the others hang', async () => {
    await create('quick', 'other');
    await deliverSlow(SLOW_OF_ACCOUNT);
    await deliverSlow(SLOW_OF_ACCOUNT, 'slower');
    await until('as many hang as may', () => hanging >= 40);
    await deliver('quick', 'other');
    await until('processed', () => processed('other'));
    expect(await processed('slow-0')).toBe(false);
  });

  it('cannot put a webhook off for longer than its rate limit’s window, whatever it asks for', async () => {
    const link = await create('slow', 'limited');
    for (const reset of ['1795000000', '86400', '1e308']) {
      stage.proxy.respondTo = () =>
        Promise.resolve({
          status: 429,
          headers: { 'content-type': 'application/json', 'rate-limit-reset': reset },
          body: '{"error_code":"RATE_LIMIT_EXCEEDED"}',
        });
      await deliver('slow', link.externalId);
      const seconds = await until('put off', async () => {
        const [row] = await stage.database.query<{ seconds: number; error: string | null }>(
          `SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS seconds, last_error AS error
           FROM payout_link_delivery WHERE status = 'RECEIVED'`,
        );
        return row?.error != null && row.seconds;
      });
      expect(seconds).toBeLessThanOrEqual(60);
      stage.proxy.respondTo = (_, forward) => forward();
      // A back-off of an earlier version: the same delivery again makes it due.
      await stage.database.query(
        "UPDATE payout_link_delivery SET next_attempt_at = now() + interval '20 years'",
      );
      await deliver('slow', link.externalId);
      await until('processed', () => processed(link.externalId));
      await stage.database.query('DELETE FROM payout_link_delivery');
    }
  });

  it('names at most a minute to a caller that cannot wait for it', async () => {
    const link = await create('slow', 'limited');
    stage.proxy.respondTo = () =>
      Promise.resolve({ status: 429, headers: { 'rate-limit-reset': '1795000000' }, body: '{}' });
    await expect(stage.service.refresh(link.id)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 60_000,
    });
  });
});

it('a rate limit of hours stops the polls of a run for a minute at most', async () => {
  const stage = await ReconcilerStage.open();
  await stage.create('order-1');
  await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '429', times: 1, ms: 3_600_000 });
  const { child, ended } = stage.start(['run', '--date', businessDate(), '--no-progress']);
  const seconds = await until('polls pause', async () => {
    const [row] = await stage.database
      .query<{ seconds: number }>(
        'SELECT extract(epoch FROM next_permit_at - clock_timestamp())::float8 AS seconds FROM payout_link_rate_limit',
      )
      .catch(() => []);
    return row && row.seconds > 30 && row.seconds;
  });
  expect(seconds).toBeLessThan(62);
  child.kill('SIGKILL');
  await ended;
  await stage.close();
});
