import { openRegular, streamRegular } from 'app-runtime';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { addMoney, sumsInOrder, type FileSummary } from './csv.js';
import { delimiterOf } from './delimiter.js';
import { DONE_CHANGES } from './failures.report.js';
import { hashing, sha256Of } from './hash-file.js';
import type { ManifestEntry } from './manifest.js';

/** How a file of a set differs from its manifest, one line each. */
export async function differencesOf(file: string, name: string, expected: ManifestEntry): Promise<string[]> {
  let found: Omit<FileSummary, 'bytes'>;
  try {
    const size = await sizeOf(file);
    if (expected.bytes !== undefined && size > expected.bytes + READ_BEYOND)
      return [`${name}: it has ${size} bytes, the manifest says ${expected.bytes}`];
    found = await summarise(file, name.endsWith('.csv'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [`${name}: is missing`];
    return [`${name}: cannot be read (${(error as Error).message})`];
  }
  const differences: string[] = [];
  if (found.sha256 !== expected.sha256) {
    differences.push(`${name}: its SHA-256 is ${found.sha256}, the manifest says ${expected.sha256}`);
  }
  if (!name.endsWith('.csv')) return differences;
  if (found.rows !== expected.rows) {
    differences.push(`${name}: it has ${found.rows} rows, the manifest says ${expected.rows}`);
  }
  if (JSON.stringify(found.sums) !== JSON.stringify(expected.sums)) {
    const [is, was] = [found.sums, expected.sums].map((sums) => JSON.stringify(sums));
    differences.push(`${name}: its sums are ${is}, the manifest says ${was}`);
  }
  return differences;
}

/** A file that is larger by more than that is not read: it may have no end worth waiting for. Bytes. */
const READ_BEYOND = 10_000_000;

async function sizeOf(file: string): Promise<number> {
  const { handle, stats } = await openRegular(file);
  await handle.close();
  return stats.size;
}

async function summarise(file: string, isCsv: boolean): Promise<Omit<FileSummary, 'bytes'>> {
  if (!isCsv) return { rows: 0, sums: {}, sha256: await sha256Of(file) };
  const sums = new Map<string, Map<string, bigint>>();
  let rows = 0;
  let header: string[] | undefined;
  // Before the stream is opened: a missing file is reported here.
  const delimiter = await delimiterOf(file);
  const { through, sha256 } = hashing();
  const parser = parse({ bom: true, delimiter, relax_column_count: true });
  await pipeline(await streamRegular(file), through, parser, async (records: AsyncIterable<string[]>) => {
    for await (const record of records) {
      if (!header) {
        header = record;
        continue;
      }
      rows += 1;
      const cell = (column: string) => record[header!.indexOf(column)] ?? '';
      const isDone = DONE_CHANGES.some((change) => change === cell('change'));
      if (header.includes('status') && !isDone && /^-?\d+$/.test(cell('amount'))) {
        addMoney(sums, {
          currency: cell('currency'),
          status: cell('status'),
          amount: BigInt(cell('amount')),
        });
      }
    }
  });
  return { rows, sums: sumsInOrder(sums), sha256: sha256() };
}
