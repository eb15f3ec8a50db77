import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { METRIC_NAMES, scrape, type Series } from '../support/prometheus.js';
import { until } from '../support/until.js';
import { ReportsStage } from './reports.stage.js';

/** The sum of a metric's series whose labels include these. */
function valueOf(series: Series, name: string, ...labels: string[]): number | undefined {
  const found = Object.entries(series).filter(
    ([key]) => (key === name || key.startsWith(`${name}{`)) && labels.every((label) => key.includes(label)),
  );
  return found.length === 0 ? undefined : found.reduce((sum, [, value]) => sum + value, 0);
}

describe('the metrics', () => {
  let stage: ReportsStage;
  let before: Series;
  let after: Series;
  beforeAll(async () => {
    stage = await ReportsStage.open();
    before = await scrape(stage.demo.url);
    await everythingHappens(stage);
    after = await scrape(stage.demo.url);
  });
  afterAll(() => stage.close());

  it('have every name of the contract, and each one moves', () => {
    const moved = METRIC_NAMES.filter((name) => valueOf(after, name) !== valueOf(before, name));
    expect(moved).toEqual(METRIC_NAMES);
  });

  it('have no other name of ours', () => {
    const names = new Set(Object.keys(after).map((key) => key.replace(/\{.*/, '')));
    expect([...names].filter((name) => name.startsWith('payout_links_')).toSorted()).toEqual(
      METRIC_NAMES.toSorted(),
    );
  });

  it('count HTTP attempts by operation and outcome', () => {
    const requests = (operation: string, outcome: string) =>
      valueOf(
        after,
        'payout_links_provider_requests_total',
        `operation="${operation}"`,
        `outcome="${outcome}"`,
      );
    expect([requests('create', 'ok'), requests('create', 'inconclusive')]).toEqual([2, 4]);
    expect(requests('read', 'ok')).toBeGreaterThan(0);
    expect(requests('balance', 'ok')).toBe(1);
  });

  it('count changes by status and source, and webhooks by what became of them', () => {
    const transitions = (to: string, source: string) =>
      valueOf(after, 'payout_links_transitions_total', `to="${to}"`, `source="${source}"`);
    expect([transitions('CREATING', 'API'), transitions('SUCCEEDED', 'WEBHOOK')]).toEqual([3, 1]);
    const deliveries = (outcome: string) =>
      valueOf(after, 'payout_links_webhook_deliveries_total', `outcome="${outcome}"`);
    expect([deliveries('stored'), deliveries('unauthorized'), deliveries('invalid')]).toEqual([1, 1, 1]);
  });

  it('show what waits, both queues of dead letters, and open statuses only', () => {
    expect(valueOf(after, 'payout_links_dead_letters', 'queue="inbox"')).toBe(1);
    expect(valueOf(after, 'payout_links_dead_letters', 'queue="outbox"')).toBe(1);
    expect(valueOf(before, 'payout_links_dead_letters', 'queue="outbox"')).toBe(0);
    expect(valueOf(after, 'payout_links_inbox_waiting')).toBe(1);
    expect(valueOf(after, 'payout_links_inbox_oldest_seconds')).toBeGreaterThan(3_599);
    const statuses = Object.keys(after).flatMap(
      (key) => /^payout_links_links\{.*status="(\w+)"/.exec(key)?.[1] ?? [],
    );
    expect(statuses.toSorted()).toEqual(['CREATING', 'PENDING', 'REQUESTED', 'UNCONFIRMED', 'UNKNOWN']);
  });

  it('never have an id or an address as a label', () => {
    const labels = new Set(
      Object.keys(after).flatMap((key) => [...key.matchAll(/(\w+)="/g)].map(([, name]) => name!)),
    );
    expect([...labels].toSorted()).toEqual([
      'account',
      'operation',
      'outcome',
      'queue',
      'source',
      'status',
      'to',
    ]);
    expect(Object.keys(after).join()).not.toMatch(/@|[0-9a-f]{8}-/);
  });

  it('survive a restart, as far as they come from the database', async () => {
    await stage.demo.close();
    const again = await stage.again();
    try {
      const series = await scrape(again.url);
      for (const name of METRIC_NAMES.filter((one) => one.includes('reconcile')))
        expect([name, valueOf(series, name)]).toEqual([name, valueOf(after, name)]);
    } finally {
      await again.close();
    }
  });
});

describe('a scrape', () => {
  let stage: ReportsStage;
  beforeAll(async () => {
    stage = await ReportsStage.open();
  });
  afterAll(() => stage.close());

  it('reads the database at most every ten seconds', async () => {
    const waiting = async () => valueOf(await scrape(stage.demo.url), 'payout_links_inbox_waiting');
    expect(await waiting()).toBe(0);
    await insertDelivery(stage, 'RECEIVED');
    expect(await waiting()).toBe(0);
    await until('the gauge shows it', async () => (await waiting()) === 1);
  });

  it('needs no key on this machine, but one through a proxy', async () => {
    const closed = await stage.again({ DEMO_API_KEY: 'a-key' });
    try {
      const status = async (headers: Record<string, string>) =>
        (await fetch(`${closed.url}/metrics`, { headers })).status;
      expect([
        await status({}),
        await status({ 'x-forwarded-for': '10.0.0.9' }),
        await status({ forwarded: 'for=10.0.0.9' }),
        await status({ 'x-forwarded-for': '10.0.0.9', authorization: 'Bearer a-key' }),
      ]).toEqual([200, 401, 401, 200]);
    } finally {
      await closed.close();
    }
  });
});

async function insertDelivery({ reports }: ReportsStage, status: 'RECEIVED' | 'DEAD'): Promise<void> {
  await reports.database.query(
    `INSERT INTO payout_link_delivery (account, delivery_key, body, status, attempts, next_attempt_at, received_count,
       received_at, last_received_at)
     VALUES ('default', $1, '{}', $1, 0, now() + interval '1 day', 1, now() - interval '1 hour', now())`,
    [status],
  );
}

/** Something that moves each metric. */
async function everythingHappens(stage: ReportsStage): Promise<void> {
  const { demo, sandbox, provider } = stage;
  const token = { 'x-callback-token': sandbox.webhookToken };
  await provider.control('webhooks', { url: `${demo.url}/webhooks/xendit/payout-links` });
  const { id, providerId } = await demo.create();
  await demo.create();
  await provider.claim(providerId!, '1234567890');
  await demo.becomes(id, 'SUCCEEDED');
  await provider.control('faults', { route: 'POST /payouts', kind: '500', times: 4 });
  await demo.post('/payout-links', demo.fields());
  await demo.get('/balance');
  await demo.post('/webhooks/xendit/payout-links', {}, { 'x-callback-token': 'wrong' });
  await demo.post('/webhooks/xendit/payout-links', '[]', token);
  await insertDelivery(stage, 'RECEIVED');
  await insertDelivery(stage, 'DEAD');
  const { database } = stage.reports;
  for (const status of ['WAITING', 'DEAD'])
    await database.query(
      `INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, created_at)
       VALUES ($1, $2, 1, $1, 1, now() + interval '1 day', now() - interval '1 minute')`,
      [status, id],
    );
  await stage.fill();
  await database.query(
    `UPDATE payout_link_reconciliation_run SET started_at = finished_at - interval '42 s', sealed = true`,
  );
  // The gauges of the first scrape are ten seconds old by then.
  const lag = 'payout_links_webhook_lag_seconds';
  await until('everything is measured', async () => {
    const series = await scrape(demo.url);
    return valueOf(series, 'payout_links_inbox_waiting') === 1 && (valueOf(series, lag) ?? 0) > 0;
  });
}
