import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  DuplicatePayoutError,
  OnPayoutLink,
  PAYOUT_LINKS_MIGRATIONS,
  PayoutLinksError,
  type PayoutLinkEvent,
} from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { report, size } from '../proofs/size.js';
import { until } from '../support/until.js';
import { ATTACKS, HostileDatabase, type Attack } from './hostile-database.js';

const STORIES = 16;
/** A statement fails so often in each way, whichever story sends it. */
const TIMES = size(1, 5);
const ROUNDS = size(3, 40);
const TIMEOUT_MS = size(240_000, 1_800_000);
/** Between two failures: a client that only ever fails does not get anywhere. */
const EVERY_MS = 4;

const seen: string[] = [];

@Injectable()
class Watcher {
  @OnPayoutLink('*')
  notice({ link, to }: PayoutLinkEvent): void {
    seen.push(`${link.externalId} ${to}`);
  }
}

describe('a hostile database', () => {
  let database: TestDatabase;
  let hostile: HostileDatabase;
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  let host: Host;
  beforeEach(async () => {
    seen.length = 0;
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    hostile = await HostileDatabase.before(database.url);
    sandbox = await startSandbox({ rateLimit: 1_000_000 });
    caller = new SandboxCaller(sandbox);
    host = await startHost({ databaseUrl: hostile.url, sandbox, providers: [Watcher] });
    await caller.control('webhooks', { url: host.webhookUrl });
  });
  afterEach(async () => {
    await host.close();
    await hostile.close();
    await sandbox.close();
    // Checks every rule of the product.
    await database.drop();
  });

  /** As a caller with patience does: again until there is a result, or a refusal that is not the database's. */
  const persist = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof PayoutLinksError || attempt > 200) throw error;
        await wait(10);
      }
    }
  };
  const refusalOf = (call: () => Promise<unknown>) =>
    persist(call).then(
      () => null,
      (error: PayoutLinksError) => error.code,
    );

  /** The life of a few links, with every kind of call. */
  const story = async (id: string): Promise<void> => {
    const { service } = host;
    const email = 'siti@example.com';
    const create = (externalId: string) =>
      persist(() => service.create({ externalId, amount: 50_000, email }));
    const [paid, failing, voided] = await Promise.all(
      ['paid', 'failing', 'voided'].map((name) => create(`${id}-${name}`)),
    );
    for (const link of [paid!, failing!, voided!]) {
      // An attempt whose result was lost is settled by the same call.
      await until(
        `${link.externalId} is settled`,
        async () => (await create(link.externalId)).status === 'PENDING',
      );
    }
    await refusalOf(() => service.void(voided!.id));
    await caller.claim((await persist(() => service.get(paid!.id))).providerId!);
    await caller.claim((await persist(() => service.get(failing!.id))).providerId!, '121212');
    await persist(() => service.refresh(failing!.id));
    await until(
      `${id} failed`,
      async () => (await persist(() => service.refresh(failing!.id))).status === 'FAILED',
    );
    await refusalOf(() => service.reissue(failing!.id, { reason: 'again', force: true }));
    await refusalOf(() => service.writeOff(failing!.id, { reason: 'never again' }));
    await persist(() => service.list({ q: id }));
    await persist(() => service.history(paid!.id));
  };

  it(
    'that loses a session or refuses a statement, each one in every way: nothing is paid twice, lost or left behind',
    async () => {
      const done = new Map<string, number>();
      const statements = new Set<string>();
      let failedAt = 0;
      hostile.onStatement = (sql): Attack | null => {
        statements.add(sql);
        if (performance.now() < failedAt + EVERY_MS) return null;
        const attack = ATTACKS.find((each) => (done.get(key(sql, each)) ?? 0) < TIMES);
        if (!attack) return null;
        failedAt = performance.now();
        done.set(key(sql, attack), (done.get(key(sql, attack)) ?? 0) + 1);
        return attack;
      };
      const key = (sql: string, attack: Attack) => `${JSON.stringify(attack)} ${sql}`;
      const left = () =>
        statements.size * ATTACKS.length * TIMES - [...done.values()].reduce((sum, n) => sum + n, 0);
      let rounds = 0;
      for (; rounds < ROUNDS && (rounds === 0 || left() > 0); rounds += 1)
        await Promise.all(Array.from({ length: STORIES }, (_, index) => story(`s${rounds}-${index}`)));
      const failures = done.size;
      hostile.onStatement = () => null;
      // The provider sends again what could not be stored.
      await caller.advance(60 * 60_000);
      report('hostile database', { statements: statements.size, failures, rounds, left: left() });
      expect(statements.size).toBeGreaterThan(20);
      // Statements that are seldom sent, such as those of the purge, may not have failed in every way.
      expect(failures).toBeGreaterThan(statements.size * ATTACKS.length * 0.6);

      const waiting = async (table: string, where: string) =>
        (await database.query(`SELECT 1 FROM ${table} WHERE ${where} LIMIT 1`)).length > 0;
      /** Without the waits of leases and back-offs. */
      const nothingWaits = (table: string, status: string) =>
        until(`nothing waits in ${table}`, async () => {
          await database.query(
            `UPDATE ${table} SET next_attempt_at = now() WHERE status = '${status}' AND next_attempt_at > now() + interval '3 s'`,
          );
          return !(await waiting(table, `status = '${status}'`));
        });
      await nothingWaits('payout_link_delivery', 'RECEIVED');
      await nothingWaits('payout_link_outbox', 'WAITING');
      expect(await waiting('payout_link', "status = 'CREATING'")).toBe(false);

      const links = await database.query<{
        id: string;
        provider_id: string;
        external_id: string;
        status: string;
      }>('SELECT id, provider_id, external_id, status FROM payout_link');
      const payouts = (await caller.request('GET', '/_sandbox/payouts')).body as unknown as {
        id: string;
        external_id: string;
        status: string;
      }[];
      const ours = new Map(links.map((link) => [link.external_id, link]));
      expect(
        payouts.map(({ external_id }) => external_id).filter((id, index, all) => all.indexOf(id) !== index),
      ).toEqual([]);
      const differing = payouts.filter(({ id, external_id, status }) => {
        const link = ours.get(external_id);
        return link?.provider_id !== id || link.status !== status;
      });
      expect(differing).toEqual([]);
      // Every change reached the handler.
      const changes = await database.query<{ what: string }>(
        `SELECT external_id || ' ' || to_status AS what FROM payout_link_transition
       JOIN payout_link link ON link.id = payout_link_id WHERE from_status IS DISTINCT FROM to_status`,
      );
      const known = new Set(seen);
      expect(changes.map(({ what }) => what).filter((what) => !known.has(what))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it('that grants a single connection still serves everyone in turn', async () => {
    const narrow = await startHost({ databaseUrl: hostile.url, sandbox, options: { poolSize: 1 } });
    const links = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        narrow.service.create({ externalId: `narrow-${index}`, amount: 50_000, email: 'siti@example.com' }),
      ),
    );
    const read = await Promise.all(links.map(({ id }) => narrow.service.refresh(id)));
    expect(read.map(({ status }) => status)).toEqual(links.map(() => 'PENDING'));
    await narrow.close();
  });

  it('that stores an intent and is away before it says so: the next call sends it at once, and once only', async () => {
    let phase: 'there' | 'stores' | 'away' = 'there';
    hostile.onStatement = (sql) => {
      if (phase === 'there' || (phase === 'stores' && !sql.includes('INSERT INTO payout_link (')))
        return null;
      const attack = phase === 'stores' ? 'lost after' : 'lost before';
      phase = 'away';
      return attack;
    };
    const create = (amount = 50_000, email = 'siti@example.com') =>
      host.service.create({ externalId: 'stored', amount, email });
    phase = 'stores';
    const unaware = await Promise.allSettled([create(), create(), create()]);
    expect(unaware.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    phase = 'there';
    expect(await database.query('SELECT status FROM payout_link')).toEqual([{ status: 'CREATING' }]);
    await expect(create(60_000)).rejects.toThrow(DuplicatePayoutError);
    phase = 'away';
    await expect(create()).rejects.toThrow(QueryFailedError);
    phase = 'there';
    const startedAt = performance.now();
    const links = await Promise.all(
      Array.from({ length: 5 }, (_, index) => create(50_000, index === 0 ? 'Siti@example.com' : undefined)),
    );
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(new Set(links.map(({ id, status }) => `${id} ${status}`)).size).toBe(1);
    expect(links[0]).toMatchObject({ status: 'PENDING', amount: 50_000n });
    expect((await caller.request('GET', '/_sandbox/requests')).body['POST /payouts']).toBe(1);
  });

  it('that loses most stores of intents and reads of them: many callers at once get one payout, sent once', async () => {
    const [ids, callersOfEach] = [8, 5];
    let losses = 0;
    hostile.onStatement = (sql) => {
      const isAttacked = /INSERT INTO payout_link \(|WHERE account = \$1 AND external_id = \$2/.test(sql);
      if (!isAttacked || Math.random() > 0.6) return null;
      losses += 1;
      return Math.random() < 0.5 ? 'lost before' : 'lost after';
    };
    // Long enough for calls that should wait for another one's result to send as well.
    await caller.control('faults', { route: 'POST /payouts', kind: 'latency', times: ids, ms: 300 });
    const startedAt = performance.now();
    const links = await Promise.all(
      Array.from({ length: ids * callersOfEach }, (_, index) =>
        persist(() =>
          host.service.create({
            externalId: `lost-${index % ids}`,
            amount: 50_000,
            email: 'siti@example.com',
          }),
        ),
      ),
    );
    // One that waits for a lease of 30 seconds, and the minute before it is taken over, takes longer.
    expect(performance.now() - startedAt).toBeLessThan(85_000);
    expect(losses).toBeGreaterThan(ids * callersOfEach);
    expect(new Set(links.map(({ status }) => status))).toEqual(new Set(['PENDING']));
    expect(new Set(links.map(({ id }) => id)).size).toBe(ids);
    expect((await caller.request('GET', '/_sandbox/requests')).body['POST /payouts']).toBe(ids);
  });

  it('that is away for seconds while the provider responds: the create keeps the id that it was given', async () => {
    let away = false;
    hostile.onStatement = () => (away ? 'lost before' : null);
    const create = (externalId: string) =>
      host.service.create({ externalId, amount: 50_000, email: 'siti@example.com' });
    // Settles connections and prepared statements.
    await create('first');
    await caller.control('faults', { route: 'POST /payouts', kind: 'latency', times: 1, ms: 700 });
    const created = create('second');
    await until(
      'sent',
      async () => (await caller.request('GET', '/_sandbox/requests')).body['POST /payouts'] === 2,
    );
    away = true;
    hostile.endSessions();
    await wait(2_500);
    away = false;
    expect(await created).toMatchObject({ status: 'PENDING', providerId: expect.any(String) });
    const sent = (await caller.request('GET', '/_sandbox/requests')).body['POST /payouts'];
    expect(sent).toBe(2);
  });
});
