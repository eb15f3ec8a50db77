import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { LibraryStage } from './library.stage.js';

describe('retention', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open();
  });
  afterEach(() => stage.close());

  it('deletes raw responses after the host’s retention days, in batches, and keeps the histories', async () => {
    const links = await Promise.all(['old', 'older', 'young'].map((name) => stage.create(name)));
    const oldIds = links.slice(0, 2).map(({ id }) => id);
    await stage.database.query(
      `UPDATE payout_link_transition SET recorded_at = recorded_at - interval '31 days',
         effective_at = effective_at - interval '31 days' WHERE payout_link_id = ANY ($1)`,
      [oldIds],
    );
    // More than one batch.
    await stage.database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source, effective_at,
         recorded_at, raw)
       SELECT $1, 'default', seq, 'PENDING', 'PENDING', 'POLL', now() - interval '40 days', now() - interval '40 days', '{}'
       FROM generate_series(3, 1502) AS seq`,
      [oldIds[0]],
    );
    const left = () => stage.count('payout_link_transition WHERE raw IS NOT NULL');
    expect(await left()).toBe(1_503);
    await stage.another({ retentionDays: 30 });
    await until('the old ones gone', async () => (await left()) === 1);
    expect(await stage.count('payout_link_transition')).toBe(1_506);
    expect((await stage.service.history(links[2]!.id)).at(-1)).toMatchObject({
      to: 'PENDING',
      raw: { id: expect.any(String) },
    });
  });

  it('finds what is due by an index', async () => {
    await stage.database.query('SET enable_seqscan = off');
    const plan = await stage.database.query<Record<string, string>>(
      `EXPLAIN SELECT id FROM payout_link_transition WHERE raw IS NOT NULL AND recorded_at < now() ORDER BY recorded_at LIMIT 10`,
    );
    expect(JSON.stringify(plan)).toContain('payout_link_transition_raw');
  });
});

describe('unmatched deliveries', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open();
  });
  afterEach(() => stage.close());

  it('name a hundred of a day and account in the discrepancies, and one stands for the rest', async () => {
    const COUNT = 130;
    const ids = Array.from({ length: COUNT }, (_, index) => `stranger-${index}`);
    for (const id of ids) {
      const response = await stage.deliver({ data: { id: `p-${id}`, external_id: id, status: 'SUCCEEDED' } });
      expect(response.status).toBe(200);
    }
    await until(
      'processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'UNMATCHED'")) === COUNT,
    );
    const rows = await stage.database.query<{ local_value: string; external_id: string | null }>(
      "SELECT local_value, external_id FROM payout_link_discrepancy WHERE type = 'UNMATCHED_WEBHOOK' ORDER BY id",
    );
    // Deliveries that finish at the same moment may each be among the first.
    const named = rows.filter(({ external_id }) => external_id !== null);
    expect(named.length).toBeGreaterThanOrEqual(100);
    expect(named.length).toBeLessThan(120);
    const today = new Date().toISOString().slice(0, 10);
    expect(rows.filter(({ external_id }) => external_id === null)).toEqual([
      {
        local_value: expect.stringMatching(/^more than 100 deliveries on \d{4}-\d{2}-\d{2}$/),
        external_id: null,
      },
    ]);
    expect(rows.at(-1)!.local_value).toContain(today);
  });

  it('are queued again by an import of their link, whether or not they are named', async () => {
    const made = await stage.caller.create({
      external_id: 'elsewhere',
      amount: 50_000,
      email: 'siti@example.com',
    });
    for (let index = 0; index < 110; index += 1)
      await stage.deliver({
        data: { id: `p-${index}`, external_id: `stranger-${index}`, status: 'SUCCEEDED' },
      });
    await until(
      'processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'UNMATCHED'")) === 110,
    );
    await stage.deliver(
      { data: { id: made.id, external_id: 'elsewhere', status: 'PENDING' } },
      { webhookId: 'last' },
    );
    await until(
      'processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'UNMATCHED'")) === 111,
    );
    const link = await stage.service.importLink({ providerId: made.id });
    await until('about the link', async () => {
      const rows = await stage.database.query(
        "SELECT 1 FROM payout_link_delivery WHERE delivery_key = 'last' AND payout_link_id = $1",
        [link.id],
      );
      return rows.length === 1;
    });
  });
});
