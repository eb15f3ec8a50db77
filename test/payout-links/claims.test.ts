import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { openDatabase } from '../../libs/payout-links/src/database/open-database.js';
import type { PayoutLinksDatabase } from '../../libs/payout-links/src/database/payout-links.database.js';
import { OutboxRepository } from '../../libs/payout-links/src/handlers/outbox.repository.js';
import { PayoutLinkRepository } from '../../libs/payout-links/src/link/payout-link.repository.js';
import { ReissuePlanRepository } from '../../libs/payout-links/src/reissue-plan/reissue-plan.repository.js';
import { WebhookInbox } from '../../libs/payout-links/src/webhook/webhook.inbox.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Rows of each queue: enough that reading them all shows. */
const WAITING = 5_000;

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Rows Removed by Filter'?: number;
  'Actual Rows'?: number;
  Plans?: PlanNode[];
}

type Work = (database: PayoutLinksDatabase) => Promise<unknown>;

const CLAIMS: Record<string, { claim: Work; index: string; condition: RegExp }> = {
  'links to poll': {
    claim: (database) => new PayoutLinkRepository(database).takeDueForPoll(['default'], 4, 300),
    index: 'payout_link_next_poll',
    condition: /next_poll_at <=/,
  },
  'interrupted creates': {
    claim: (database) => new PayoutLinkRepository(database).takeOverIntents(['default'], 20),
    index: 'payout_link_status',
    condition: /status = /,
  },
  'webhook deliveries': {
    claim: (database) => new WebhookInbox(database).take(16),
    index: 'payout_link_delivery_due',
    condition: /next_attempt_at <=/,
  },
  'deliveries to delete': {
    claim: (database) => new WebhookInbox(database).purge(30, 1_000),
    index: 'payout_link_delivery_received',
    condition: /received_at </,
  },
  'tasks of a handler': {
    claim: (database) => new OutboxRepository(database).take('Ledger.paid', 16),
    index: 'payout_link_outbox_due',
    condition: /handler = .*next_attempt_at <=/,
  },
  'planned reissues': {
    claim: (database) => new ReissuePlanRepository(database, {} as never).take(['default'], 16),
    index: 'payout_link_reissue_plan_due',
    condition: /next_attempt_at <=/,
  },
};

describe('a claim of what is due, when much waits and nothing is due', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    await fill(database);
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...PAYOUT_LINKS_ENTITIES],
    }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each(Object.entries(CLAIMS))('reads no row: %s', async (_, { claim, index, condition }) => {
    const nodes = await planOf(claim);
    const scan = nodes.find((node) => node['Index Name'] === index);
    expect(scan?.['Index Cond']).toMatch(condition);
    expect(rowsRead(nodes)).toBe(0);
  });

  it('is planned for what waits now, so that the plan of an empty queue is not kept', async () => {
    const own = openDatabase(dataSource, 1);
    for (const { claim } of Object.values(CLAIMS)) await claim(own);
    const prepared = await own.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements');
    await own.onApplicationShutdown();
    expect(prepared.filter(({ statement }) => statement.includes('SKIP LOCKED'))).toEqual([]);
  });

  it('gets the first task of each link, and reads no others', async () => {
    await database.query('BEGIN');
    await database.query("UPDATE payout_link_outbox SET next_attempt_at = now() - interval '1 minute'");
    const nodes = await planOf((explained) => new OutboxRepository(explained).take('Ledger.paid', 16));
    await database.query('ROLLBACK');
    // The second task of each link is due too.
    expect(rowsRead(nodes)).toBeLessThan(200);
  });

  it('finds a link by a part of its external id through the index of the search', async () => {
    const nodes = await planOf((explained) =>
      new PayoutLinkRepository(explained).list({ q: 'refund-4321' }, 20),
    );
    expect(nodes.map((node) => node['Index Name'])).toContain('payout_link_search');
    expect(rowsRead(nodes)).toBeLessThan(100);
  });

  /** The nodes of the plans of all statements, as executed; nothing is kept. */
  async function planOf(work: Work): Promise<PlanNode[]> {
    const nodes: PlanNode[] = [];
    const explain = async (text: string, values: readonly unknown[] = []) => {
      const [row] = await database.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `EXPLAIN (ANALYZE, TIMING off, FORMAT json) ${text}`,
        [...values],
      );
      nodes.push(...nodesOf(row!['QUERY PLAN'][0]!.Plan));
      return [];
    };
    const explained = { query: explain, queryUnprepared: explain, execute: explain };
    await work(explained as unknown as PayoutLinksDatabase);
    return nodes;
  }
});

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Rows that scans returned or dropped. */
function rowsRead(nodes: readonly PlanNode[]): number {
  return nodes
    .filter((node) => node['Node Type'].includes('Scan'))
    .reduce((sum, node) => sum + (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0), 0);
}

/** Each queue with rows that wait for a later time. */
async function fill(database: TestDatabase): Promise<void> {
  await database.query(
    `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at, provider_id,
       lease_fence, lease_expires_at, polls, next_poll_at, chain_id, attempt, created_at, updated_at)
     SELECT id, 'default', 'refund-' || number, 10000, 'IDR', 'recipient-' || number || '@example.com', 'PENDING', 2, now(),
       'pl-' || number, 1, now() + interval '1 day', 0, now() + interval '1 day', id, 1, now(), now()
     FROM (SELECT number, gen_random_uuid() AS id FROM generate_series(1, $1::int) AS number) AS link`,
    [WAITING],
  );
  await database.query(
    `INSERT INTO payout_link_delivery (account, delivery_key, body, status, attempts, next_attempt_at, received_count,
       received_at, last_received_at)
     SELECT 'default', 'delivery-' || number, '{}', CASE WHEN number % 2 = 0 THEN 'RECEIVED' ELSE 'PROCESSED' END, 0,
       now() + interval '1 day', 1, now(), now()
     FROM generate_series(1, $1::int) AS number`,
    [WAITING],
  );
  await database.query(
    `INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, created_at)
     SELECT 'Ledger.paid', id, seq, 'WAITING', 0, now() + interval '1 day', now()
     FROM payout_link, generate_series(2, 3) AS seq`,
  );
  await database.query(
    `INSERT INTO payout_link_reissue_plan (payout_link_id, seq, account, failure_code, attempt, max_attempts, due_at,
       planned_at, next_attempt_at)
     SELECT id, 2, 'default', 'TEMPORARY_TRANSFER_ERROR', 2, 3, now(), now(), now() + interval '1 day' FROM payout_link`,
  );
  await database.query('VACUUM ANALYZE');
}
