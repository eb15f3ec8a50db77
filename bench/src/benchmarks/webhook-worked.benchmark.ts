import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { SANDBOX_WEBHOOK_TOKEN } from 'payout-links-sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { alternate, type Benchmark } from '../benchmark.js';
import { compareSpeed, speedOf } from '../speed.js';
import type { Program } from '../program.js';
import type { StageDatabase } from '../stage.js';

/** The product's own concurrency. */
const AT_ONCE = 16;
const POOL_SIZE = 20;
const DELIVERIES = { small: 1_000, full: 10_000 };

/** From stored deliveries to paid links, each with its history, without a read of the provider. */
export const webhookWorked: Benchmark = {
  name: 'webhook-worked',
  title:
    'working deliveries off (no confirmation), against a transaction of five statements, and a TypeORM worker',
  measure: async (stage, plan) => {
    const count = DELIVERIES[plan.size];
    const database = await stage.database(PAYOUT_LINKS_MIGRATIONS);
    const settings = { databaseUrl: database.url, poolSize: POOL_SIZE };
    const host = await stage.program('host', { ...settings, options: { webhook: { confirm: false } } });
    const plain = await stage.program('plain-worker', settings);
    const orm = await stage.program('orm-worker', settings);
    const url = `${await host.call<string>('url')}/webhooks/xendit/payout-links`;
    const measure = async (worker: Program) => {
      // The product's host, which polls for deliveries, must not process these.
      await fill(database, count, { deliveries: count, dueInHours: 1 });
      const speed = await speedOf(count, () => worker.call<number>('work', AT_ONCE));
      await requireAllPaid(database, count);
      return speed;
    };
    const measured = await alternate(plan, {
      product: async () => {
        // The last delivery arrives over HTTP, which wakes the host.
        await fill(database, count, { deliveries: count - 1, dueInHours: 0 });
        const speed = await speedOf(count, async () => {
          const startedAt = performance.now();
          await deliver(url, await bodyOf(database, count));
          while ((await left(database)) > 0) await wait(20);
          return (performance.now() - startedAt) / 1_000;
        });
        await requireAllPaid(database, count);
        return speed;
      },
      plain: () => measure(plain),
      orm: () => measure(orm),
    });
    return [
      ...compareSpeed('deliveries processed', { atLeast: 0.9 }, measured.product, measured.plain),
      ...compareSpeed('the same, against TypeORM', { atLeast: 2 }, measured.product, measured.orm),
    ];
  },
};

/** Links that wait for their recipients, and deliveries that report them paid. */
async function fill(
  database: StageDatabase,
  links: number,
  { deliveries, dueInHours }: { deliveries: number; dueInHours: number },
): Promise<void> {
  await database.query('TRUNCATE payout_link, payout_link_delivery CASCADE');
  await database.query(
    `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
       provider_id, provider_status, lease_fence, polls, chain_id, attempt, created_at, updated_at)
     SELECT id, 'default', 'refund-' || number, 10000 + number, 'IDR', 'recipient-' || number || '@example.com',
       'PENDING', 2, now(), 'pl-' || number, 'PENDING', 1, 0, id, 1, now(), now()
     FROM (SELECT number, gen_random_uuid() AS id FROM generate_series(1, $1::int) AS number) AS link`,
    [links],
  );
  await database.query(
    `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source, provider_status,
       provider_id, effective_at, recorded_at)
     SELECT id, account, seq, CASE seq WHEN 2 THEN 'CREATING' END, CASE seq WHEN 2 THEN status ELSE 'CREATING' END,
       'API', provider_status, provider_id, status_at, status_at
     FROM payout_link, generate_series(1, 2) AS seq`,
  );
  await database.query('ANALYZE');
  await database.query(
    `INSERT INTO payout_link_delivery (account, delivery_key, event, body, status, attempts, next_attempt_at,
       received_count, received_at, last_received_at)
     SELECT 'default', 'delivery-' || number, 'disbursement.completed', body, 'RECEIVED', 0,
       now() + make_interval(hours => $2), 1, now(), now()
     FROM (${BODIES}) AS delivery`,
    [deliveries, dueInHours],
  );
}

const BODIES = `
  SELECT number, json_build_object('event', 'disbursement.completed', 'created', now(), 'data',
    json_build_object('id', 'pl-' || number, 'reference_id', 'refund-' || number, 'amount', 10000 + number,
      'currency', 'IDR', 'status', 'COMPLETED', 'created', now(), 'updated', now())) AS body
  FROM generate_series(1, $1::int) AS number`;

async function bodyOf(database: StageDatabase, number: number): Promise<unknown> {
  const rows = await database.query<{ body: unknown }>(`${BODIES} OFFSET $1 - 1`, [number]);
  return rows[0]!.body;
}

async function deliver(url: string, body: unknown): Promise<void> {
  const { status } = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-callback-token': SANDBOX_WEBHOOK_TOKEN,
      'webhook-id': 'the-last-delivery',
    },
    body: JSON.stringify(body),
  });
  if (status !== 200) throw new Error(`the host responded with ${status}`);
}

async function left(database: StageDatabase): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM payout_link_delivery WHERE status = 'RECEIVED'",
  );
  return row!.count;
}

async function requireAllPaid(database: StageDatabase, count: number): Promise<void> {
  const [row] = await database.query<{ paid: number }>(
    `SELECT count(*)::int AS paid FROM payout_link JOIN payout_link_transition ON payout_link_id = payout_link.id
     WHERE status = 'SUCCEEDED' AND to_status = 'SUCCEEDED'`,
  );
  if (row!.paid !== count) throw new Error(`${row!.paid} of ${count} links were paid`);
}
