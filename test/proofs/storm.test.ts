import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  OnPayoutLink,
  PAYOUT_LINKS_MIGRATIONS,
  type PayoutLink,
  type PayoutLinkEvent,
} from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { shuffled } from '../support/shuffled.js';
import { until } from '../support/until.js';
import { report, size } from './size.js';

const LINKS = size(200, 1_000);
const DELIVERIES_PER_LINK = 5;
const TIMES = 3;
const AT_ONCE = 50;
const ACCOUNTS = ['1234567890', '121212', '999999', '131313', '333333'];

const seen = { first: new Map<string, number>(), second: new Map<string, number>() };
const count = (map: Map<string, number>, { link, to }: PayoutLinkEvent) => {
  const key = `${link.id} ${to}`;
  map.set(key, (map.get(key) ?? 0) + 1);
};

@Injectable()
class FirstHandler {
  @OnPayoutLink('*')
  handle(event: PayoutLinkEvent): void {
    count(seen.first, event);
  }
}

@Injectable()
class SecondHandler {
  @OnPayoutLink('*')
  async handle(event: PayoutLinkEvent): Promise<void> {
    await Promise.resolve();
    count(seen.second, event);
  }
}

describe('a storm of webhook deliveries', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  let host: Host;
  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox({ rateLimit: 1_000_000 });
    caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { drop: 1 });
    host = await startHost({
      databaseUrl: database.url,
      sandbox,
      providers: [FirstHandler, SecondHandler],
      poolSize: 20,
    });
  });
  afterAll(async () => {
    await host.close();
    await sandbox.close();
    await database.drop();
  });

  it(
    'ends in the provider’s states, with each handler called for each change and one row per distinct delivery',
    async () => {
      const links: PayoutLink[] = [];
      await inLanes(
        Array.from({ length: LINKS }, (_, index) => index),
        20,
        async (index) => {
          const link = await host.service.create({
            externalId: `storm-${index}`,
            amount: 10_000 + index,
            email: 'siti@example.com',
          });
          links.push(link);
          await caller.claim(link.providerId!, ACCOUNTS[index % ACCOUNTS.length]);
        },
      );
      await caller.advance(1_000);

      const deliveries = links.flatMap((link) => deliveriesOf(link));
      const posts = shuffled(Array.from({ length: TIMES }, () => deliveries).flat());
      const statuses = new Map<number, number>();
      const startedAt = performance.now();
      await inLanes(posts, AT_ONCE, async ({ body, webhookId }) => {
        const response = await fetch(host.webhookUrl, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-callback-token': sandbox.webhookToken,
            ...(webhookId !== null && { 'webhook-id': webhookId }),
          },
          body: JSON.stringify(body),
        });
        await response.arrayBuffer();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      });
      const respondedMs = performance.now() - startedAt;
      expect([...statuses]).toEqual([[200, posts.length]]);

      await until(
        'the inbox processed',
        async () => (await counted("payout_link_delivery WHERE status = 'RECEIVED'")) === 0,
        size(300_000, 600_000),
      );
      await until('the outbox processed', async () => (await counted('payout_link_outbox')) === 0);

      expect(await counted('payout_link_delivery')).toBe(deliveries.length);
      expect(await counted("payout_link_delivery WHERE status <> 'PROCESSED'")).toBe(0);
      const payouts = (await caller.request('GET', '/_sandbox/payouts')).body as unknown as {
        id: string;
        status: string;
      }[];
      const rows = await database.query<{ providerId: string; status: string }>(
        'SELECT provider_id AS "providerId", status FROM payout_link',
      );
      const ours = new Map(rows.map(({ providerId, status }) => [providerId, status]));
      expect(payouts.map(({ id }) => ours.get(id))).toEqual(payouts.map(({ status }) => status));
      expect(await counted('payout_link_discrepancy')).toBe(0);

      const transitions = await database.query<{ key: string }>(
        `SELECT payout_link_id || ' ' || to_status AS key FROM payout_link_transition WHERE from_status IS DISTINCT FROM to_status`,
      );
      const changes = transitions.map(({ key }) => key).toSorted((a, b) => a.localeCompare(b));
      for (const handler of [seen.first, seen.second]) {
        expect([...handler.keys()].toSorted((a, b) => a.localeCompare(b))).toEqual(changes);
      }
      report('storm', {
        links: LINKS,
        distinctDeliveries: deliveries.length,
        posts: posts.length,
        postsPerSecond: Math.round((posts.length / respondedMs) * 1_000),
        processedSeconds: Math.round((performance.now() - startedAt) / 1_000),
        changes: changes.length,
        reads: Object.values(
          (await caller.request('GET', '/_sandbox/polls')).body as Record<string, number>,
        ).reduce((sum, reads) => sum + reads, 0),
      });
    },
    size(300_000, 900_000),
  );

  async function counted(what: string): Promise<number> {
    const [row] = await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${what}`);
    return row!.count;
  }
});

/** The same event in every shape and order in which it may arrive. */
function deliveriesOf({ externalId, providerId, amount }: PayoutLink) {
  const data = {
    id: providerId,
    reference_id: externalId,
    amount: Number(amount),
    currency: 'IDR',
    status: 'REQUESTED',
    created: '2026-11-23T00:00:00.000Z',
    updated: '2026-11-23T00:00:00.000Z',
  };
  const envelope = (event: string, more: object = {}) => ({
    event,
    business_id: 'b',
    created: data.created,
    data: { ...data, ...more },
  });
  const bodies = [
    { webhookId: randomUUID(), body: envelope('disbursement.completed') },
    { webhookId: randomUUID(), body: envelope('disbursement.completed') },
    { webhookId: randomUUID(), body: envelope('payout.something_new') },
    { webhookId: null, body: { ...data, external_id: externalId, event: undefined } },
    { webhookId: null, body: envelope('disbursement.failed', { reference_id: undefined }) },
  ];
  expect(bodies).toHaveLength(DELIVERIES_PER_LINK);
  return bodies;
}

async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
