import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { RECONCILER_MIGRATIONS } from '../../apps/reconciler/src/migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { start } from '../support/programs.js';
import { report, size } from './size.js';

const PEAK_MEMORY = fileURLToPath(new URL('../support/peak-memory.mjs', import.meta.url));
const DATE = '2026-11-22';
const MEGABYTE = 1_048_576;
/** Rows of failures, and as many of open links. */
const [FEW, MANY] = [size(2_000, 100_000), size(20_000, 1_000_000)];
/** The allowed growth: resident memory also depends on when garbage is collected. */
const GROWTH = { resident: 80 * MEGABYTE, live: 16 * MEGABYTE };

interface Written {
  seconds: number;
  resident: number;
  live: number;
}

describe('a report set', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let reportsDir: string;
  beforeAll(async () => {
    database = await createTestDatabase([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
    sandbox = await startSandbox();
    reportsDir = await mkdtemp(join(tmpdir(), 'reports-'));
    await database.query(
      `INSERT INTO payout_link_reconciliation_run (account, business_date, status, provisional, sealed, slot_end,
         as_of, listed, reading_number, timezone, language, csv_delimiter, started_at)
       VALUES ('default', $1, 'FINISHED', false, true, '2026-11-22T17:00:00Z', '2026-11-22T19:00:00Z', true, 1,
         'Asia/Jakarta', 'en', ',', '2026-11-22T18:00:00Z')`,
      [DATE],
    );
  });
  afterAll(async () => {
    await sandbox.close();
    await database.drop();
    await rm(reportsDir, { recursive: true });
  });

  it(
    'of very many rows takes no more memory than one of fewer, and its files agree with its manifest',
    async () => {
      await insert(1, FEW);
      const few = await write();
      await insert(FEW + 1, MANY);
      // The slot has other rows now, so the set that is there is no longer its own.
      await rm(join(reportsDir, 'default'), { recursive: true });
      const many = await write();
      const folder = join(reportsDir, 'default', DATE);
      const sizes = await Promise.all(
        ['failures.csv', 'open-links.csv'].map(async (file) => (await stat(join(folder, file))).size),
      );
      report('streamed report set', {
        rows: [FEW, MANY],
        seconds: [few.seconds, many.seconds],
        residentMegabytes: [few.resident, many.resident].map(inMegabytes),
        liveMegabytes: [few.live, many.live].map(inMegabytes),
        fileMegabytes: sizes.map(inMegabytes),
      });

      // The amounts are 10 001, 10 002 and so on.
      const sum = (BigInt(MANY) * (20_001n + BigInt(MANY))) / 2n;
      const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
        files: Record<string, unknown>;
      };
      for (const [file, status] of [
        ['failures.csv', 'FAILED'],
        ['open-links.csv', 'PENDING'],
      ] as const) {
        const found = await readBack(join(folder, file));
        expect(found).toMatchObject({ rows: MANY, sum, statuses: [status] });
        expect(files[file]).toEqual({
          rows: MANY,
          sums: { IDR: { [status]: sum.toString() } },
          sha256: found.sha256,
        });
      }
      expect(many.resident - few.resident).toBeLessThan(GROWTH.resident);
      expect(many.live - few.live).toBeLessThan(GROWTH.live);
    },
    size(300_000, 3_000_000),
  );

  /** Failed links and open ones with these numbers, both with a history, and the slot's polls of the open ones. */
  async function insert(first: number, last: number): Promise<void> {
    await database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, provider_status, failure_code, lease_fence, last_read_at, polls, chain_id, attempt, created_at,
         updated_at)
       SELECT id, 'default', status || '-' || number, 10000 + number, 'IDR', 'recipient-' || number || '@example.com',
         status, 2, at, 'pl-' || status || '-' || number, status, CASE status WHEN 'FAILED' THEN 'TRANSFER_ERROR' END,
         1, at, 0, id, 1, at, at
       FROM generate_series($1::int, $2::int) AS number, unnest(ARRAY['FAILED', 'PENDING']) AS status,
         LATERAL (SELECT md5(status || number)::uuid AS id,
           timestamptz '2026-11-20T00:00:00Z' + number % 86400 * interval '1 second' AS at) AS link`,
      [first, last],
    );
    await database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source,
         provider_status, failure_code, provider_id, effective_at, recorded_at)
       SELECT link.id, account, seq, CASE seq WHEN 2 THEN 'CREATING' END,
         CASE seq WHEN 1 THEN 'CREATING' ELSE status END, 'API',
         CASE seq WHEN 2 THEN provider_status END, CASE seq WHEN 2 THEN failure_code END,
         CASE seq WHEN 2 THEN provider_id END, status_at, status_at
       FROM payout_link link, generate_series(1, 2) AS seq WHERE amount BETWEEN 10000 + $1::int AND 10000 + $2::int`,
      [first, last],
    );
    await database.query(
      `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, position, watched, attempts, outcome,
         last_read_at)
       SELECT run.id, link.id, amount, false, 1, 'READ', last_read_at
       FROM payout_link link, payout_link_reconciliation_run run
       WHERE link.status = 'PENDING' AND amount BETWEEN 10000 + $1::int AND 10000 + $2::int`,
      [first, last],
    );
    await database.query('ANALYZE');
  }

  /** In a separate process. */
  async function write(): Promise<Written> {
    const peakFile = join(reportsDir, 'peak');
    const startedAt = performance.now();
    const { ended } = start('reconciler', ['report', '--date', DATE], {
      DATABASE_URL: database.url,
      XENDIT_BASE_URL: sandbox.url,
      REPORTS_DIR: reportsDir,
      NODE_OPTIONS: `--import=${PEAK_MEMORY}`,
      PEAK_MEMORY_FILE: peakFile,
    });
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    const peak = JSON.parse(await readFile(peakFile, 'utf8')) as Omit<Written, 'seconds'>;
    return { seconds: Math.round((performance.now() - startedAt) / 100) / 10, ...peak };
  }
});

function inMegabytes(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}

/** Reads a file line by line: no cell before the amount contains a delimiter, and none a line break. */
async function readBack(
  file: string,
): Promise<{ rows: number; sum: bigint; statuses: string[]; sha256: string }> {
  const hash = createHash('sha256');
  const bytes = createReadStream(file).on('data', (chunk) => hash.update(chunk));
  const statuses = new Set<string>();
  let header: string[] | undefined;
  let rows = 0;
  let sum = 0n;
  for await (const line of createInterface({ input: bytes, crlfDelay: Infinity })) {
    const cells = line.split(',');
    if (!header) {
      header = cells;
      continue;
    }
    rows += 1;
    sum += BigInt(cells[header.indexOf('amount')]!);
    statuses.add(cells[header.indexOf('status')]!);
  }
  return { rows, sum, statuses: [...statuses], sha256: hash.digest('hex') };
}
