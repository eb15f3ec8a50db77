import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost } from '../support/host.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { report, size } from './size.js';

const CHILD = fileURLToPath(new URL('./creating-host.mjs', import.meta.url));
const FAULTS = ['latency', 'reset', 'timeout-before', 'timeout-after', '500', '429', 'garbage'];
const IDS_PER_ROUND = 12;
const HTTP = { connectTimeoutMs: 500, attemptTimeoutMs: 150, attempts: 3, totalTimeoutMs: 2_000 };

type ProviderPayout = Record<'id' | 'external_id' | 'status', string> & { amount: number };
type Row = { id: string; externalId: string; amount: string; status: string; providerId: string | null };

describe.each([
  ['refuses a repeated idempotency key', false, size(12, 100)],
  ['responds to a repeated idempotency key with the first link', true, size(8, 100)],
])('a host that is killed in the middle of creates, at a provider that %s', (_, idempotentReplay, kills) => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let proxy: ProviderProxy;
  let caller: SandboxCaller;

  beforeEach(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox({ idempotentReplay, rateLimit: 1_000_000 });
    proxy = await ProviderProxy.open(sandbox.url);
    caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { drop: 1 });
  });
  afterEach(async () => {
    await proxy.close();
    await sandbox.close();
    await database.drop();
  });

  const announced = new Set<number>();

  async function startChild(first: number): Promise<ChildProcess> {
    const settings = {
      databaseUrl: database.url,
      baseUrl: proxy.url,
      apiKey: sandbox.apiKey,
      webhookToken: sandbox.webhookToken,
      first,
      count: IDS_PER_ROUND,
      lanes: 4,
      http: HTTP,
    };
    const child = fork(CHILD, [JSON.stringify(settings)], { execArgv: [] });
    await new Promise<void>((ready) => {
      child.on('message', (message) => {
        if (message === 'ready') ready();
        else announced.add(message as number);
      });
    });
    return child;
  }

  /** One process is started and killed at a random moment, while the next one is starting. */
  async function killOneAfterAnother(): Promise<void> {
    let next = startChild(0);
    for (let kill = 0; kill < kills; kill += 1) {
      const child = await next;
      // Half of the ids of a round were tried by the killed process before it.
      next = startChild(((kill + 1) * IDS_PER_ROUND) / 2);
      for (let faults = 0; faults < 4; faults += 1) {
        await caller.control('faults', {
          route: 'POST /payouts',
          kind: FAULTS[randomInt(FAULTS.length)],
          times: randomInt(1, 3),
          ms: 100,
        });
      }
      const before = proxy.passed.length;
      child.send('go');
      await until('it creates', () => proxy.passed.length > before || child.exitCode !== null);
      await wait(randomInt(0, 400));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const last = await next;
    last.kill('SIGKILL');
    await once(last, 'exit');
  }

  const rows = () =>
    database.query<Row>(
      'SELECT id, external_id AS "externalId", amount, status, provider_id AS "providerId" FROM payout_link',
    );

  it(
    'loses no intent, makes no payout twice, and ends in the provider’s state',
    async () => {
      await killOneAfterAnother();

      // The holders are dead: their leases count as expired without waiting for a minute.
      await database.query(
        "UPDATE payout_link SET lease_expires_at = now() - interval '2 minutes' WHERE status = 'CREATING'",
      );
      const leftBehind = (await rows()).filter(({ status }) => status === 'CREATING').length;
      const host = await startHost({
        databaseUrl: database.url,
        sandbox,
        options: { baseUrl: proxy.url, http: HTTP },
      });
      try {
        await caller.control('webhooks', { url: host.webhookUrl, drop: 0 });
        await until(
          'recovery',
          async () => (await rows()).every(({ status }) => status !== 'CREATING'),
          60_000,
        );

        const sent = new Map<string, Set<string>>();
        for (const { externalId, values } of proxy.creates()) {
          sent.set(externalId, (sent.get(externalId) ?? new Set()).add(values));
        }
        for (const [externalId, values] of sent) expect([externalId, values.size]).toEqual([externalId, 1]);

        const links = new Map((await rows()).map((row) => [row.externalId, row]));
        for (const externalId of sent.keys()) expect(links.has(externalId)).toBe(true);
        const payouts = await providerPayouts();
        const payoutOf = new Map(payouts.map((payout) => [payout.external_id, payout]));
        expect(payoutOf.size).toBe(payouts.length);
        for (const payout of payouts) {
          const link = links.get(payout.external_id);
          expect(link).toMatchObject({ amount: String(payout.amount) });
          expect([payout.status, 'UNCONFIRMED']).toContain(link!.status);
        }
        for (const { status, externalId } of links.values()) {
          if (status === 'REJECTED') expect(payoutOf.has(externalId)).toBe(false);
          if (status === 'PENDING') expect(payoutOf.has(externalId)).toBe(true);
        }

        const unconfirmed = [...links.values()].filter(({ status }) => status === 'UNCONFIRMED');
        const settleable = unconfirmed.filter(({ externalId }) => payoutOf.has(externalId));
        for (const [index, link] of settleable.entries()) {
          const payout = payoutOf.get(link.externalId)!;
          if (index % 2 === 0) await caller.claim(payout.id, index % 4 === 0 ? '121212' : '1234567890');
          else await host.service.adopt(link.id, payout.id);
        }
        await until('every webhook processed', async () => {
          const waiting = await database.query(
            "SELECT 1 FROM payout_link_delivery WHERE status <> 'PROCESSED'",
          );
          const done = (await providerPayouts()).every(({ status }) => status !== 'REQUESTED');
          const statuses = new Map((await rows()).map(({ externalId, status }) => [externalId, status]));
          return (
            done &&
            waiting.length === 0 &&
            settleable.every((link) => statuses.get(link.externalId) !== 'UNCONFIRMED')
          );
        });
        const after = new Map((await rows()).map((row) => [row.externalId, row]));
        for (const payout of await providerPayouts()) {
          expect(after.get(payout.external_id)).toMatchObject({
            status: payout.status,
            providerId: payout.id,
          });
        }

        report('crash', {
          idempotentReplay,
          kills,
          announced: announced.size,
          requests: proxy.creates().length,
          payouts: payouts.length,
          leftCreating: leftBehind,
          unconfirmed: unconfirmed.length,
          settled: settleable.length,
        });
        expect(payouts.length).toBeGreaterThan(0);
      } finally {
        await host.close();
      }
    },
    size(300_000, 900_000),
  );

  async function providerPayouts(): Promise<ProviderPayout[]> {
    return (await caller.request('GET', '/_sandbox/payouts')).body as unknown as ProviderPayout[];
  }
});
