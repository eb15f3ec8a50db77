import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { RECONCILER_MIGRATIONS } from '../../apps/reconciler/src/migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { start } from '../support/programs.js';
import { FULL, report, size } from './size.js';

const PEAK_MEMORY = fileURLToPath(new URL('../support/peak-memory.mjs', import.meta.url));
const MEGABYTE = 1_048_576;
/**
 * Payments of a statement: enough that V8's heap has grown to its working size in both. Of every hundred, one is unknown here, and one of our links is missing there.
 */
const [FEW, MANY] = [size(4_000, 10_000), size(32_000, 100_000)];
/** The allowed growth: resident memory also depends on when garbage is collected. */
const GROWTH = { resident: 80 * MEGABYTE, live: 16 * MEGABYTE };
const START = Date.parse('2026-03-02T05:00:00Z');

describe('a match', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
    sandbox = await startSandbox();
    folder = await mkdtemp(join(tmpdir(), 'match-'));
  });
  afterAll(async () => {
    await sandbox.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  // A Balance report has three lines for each payment: the harder case.
  it.each(FULL ? (['transactions', 'balance'] as const) : (['balance'] as const))(
    'of very many payments takes no more memory than one of fewer: %s',
    async (kind) => {
      await database.query('TRUNCATE payout_link CASCADE');
      await insert(1, FEW);
      const few = await match(kind, FEW);
      await insert(FEW + 1, MANY);
      const many = await match(kind, MANY);
      report(`streamed match of a ${kind} statement`, {
        payments: [FEW, MANY],
        seconds: [few.seconds, many.seconds],
        residentMegabytes: [few.resident, many.resident].map(inMegabytes),
        liveMegabytes: [few.live, many.live].map(inMegabytes),
      });
      expect(many.results).toMatchObject({
        MATCHED: { count: (MANY / 100) * 99 },
        ONLY_IN_STATEMENT: { count: MANY / 100 },
        ONLY_IN_BOOKS: { count: MANY / 100 },
      });
      expect(many.balanced).toBe(true);
      expect(many.resident - few.resident).toBeLessThan(GROWTH.resident);
      expect(many.live - few.live).toBeLessThan(GROWTH.live);
    },
    size(200_000, 1_200_000),
  );

  /** Paid links with these numbers. */
  async function insert(first: number, last: number): Promise<void> {
    await database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, disbursement_id, claimed_at, lease_fence, polls, chain_id, attempt, created_at, updated_at)
       SELECT id, 'default', 'order-' || number, 10000 + number, 'IDR', 'recipient-' || number || '@example.com',
         'SUCCEEDED', 2, at, 'pl-' || number, 'product-' || number, at, 1, 0, id, 1, at, at
       FROM generate_series($1::int, $2::int) AS number,
         LATERAL (SELECT md5(number::text)::uuid AS id,
           to_timestamp($3::float8 / 1000) + number * interval '1 second' AS at) AS link`,
      [first, last, START],
    );
    await database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source, occurred_at,
         effective_at, recorded_at)
       SELECT id, 'default', seq, CASE seq WHEN 2 THEN 'REQUESTED' END,
         CASE seq WHEN 1 THEN 'REQUESTED' ELSE 'SUCCEEDED' END, 'POLL', claimed_at, claimed_at, claimed_at
       FROM payout_link, generate_series(1, 2) AS seq
       WHERE substr(external_id, 7)::int BETWEEN $1 AND $2`,
      [first, last],
    );
    await database.query('ANALYZE');
  }

  async function match(kind: 'transactions' | 'balance', payments: number) {
    const file = join(folder, `${kind}-${payments}.csv`);
    await pipeline(
      kind === 'transactions' ? transactions(payments) : balance(payments),
      createWriteStream(file),
    );
    const peakFile = join(folder, 'peak.json');
    const begun = performance.now();
    const settings = {
      DATABASE_URL: database.url,
      XENDIT_BASE_URL: sandbox.url,
      REPORTS_DIR: join(folder, 'reports'),
      REPORT_TIMEZONE: 'Asia/Jakarta',
      PEAK_MEMORY_FILE: peakFile,
    };
    const args = ['match', file, '--from', '2026-03-02', '--to', '2026-03-05', '--no-read', '--json'];
    const ended = await start('reconciler', args, { ...settings, NODE_OPTIONS: `--import ${PEAK_MEMORY}` })
      .ended;
    const seconds = Number(((performance.now() - begun) / 1_000).toFixed(1));
    const printed = JSON.parse(ended.stdout || `{"error":${JSON.stringify(ended.stderr)}}`) as {
      results: Record<string, { count: number }>;
      balanced: boolean;
    };
    const peak = JSON.parse(await readFile(peakFile, 'utf8')) as { resident: number; live: number };
    return { ...printed, ...peak, seconds };
  }
});

function* transactions(payments: number): Generator<string, void, void> {
  yield 'Status,Type,Channel Name,Currency,Amount,Total Fee,Total VAT,Reference,Transaction ID,Product ID,Timestamp - Created,Timestamp - Updated,Timezone,Channel Reference\n';
  for (let number = 1; number <= payments; number += 1) {
    const name = number % 100 === 0 ? 'foreign' : 'order';
    const at = timeOf(number);
    yield `SUCCESS,DISBURSEMENT,BCA,IDR,${10_000 + number},5000,550,${name}-${number},txn-${number},${name}-product-${number},${at},${at},+0000 UTC,bank-${number}\n`;
  }
}

function* balance(payments: number): Generator<string, void, void> {
  yield 'Product ID,Transaction ID,Transaction Type,Line Type,Payment Channel,Reference,Currency,Amount,Debit or Credit,Created Date ISO,Time Zone,Channel Reference\n';
  for (let number = 1; number <= payments; number += 1) {
    const name = number % 100 === 0 ? 'foreign' : 'order';
    for (const [part, amount] of [
      ['TRANSACTION', 10_000 + number],
      ['FEE', 5_000],
      ['VAT', 550],
    ])
      yield `${name}-product-${number},txn-${number},DISBURSEMENT,${part},BCA,${name}-${number},IDR,${amount},DEBIT,${timeOf(number)},+0000 UTC,bank-${number}\n`;
  }
}

function timeOf(number: number): string {
  return new Date(START + number * 1_000).toISOString().replace('T', ' ').replace('Z', '');
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}
