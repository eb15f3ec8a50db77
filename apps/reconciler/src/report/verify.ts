import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { addMoney, sumsInOrder, type FileSummary } from './csv.js';

/** What a report set is found to be against its manifest. */
export interface Verification {
  /** The files that were compared. */
  files: string[];
  /** Everything that differs, one line each; empty when the set is as it was written. */
  differences: string[];
}

/** There is no report set to verify. */
export class NoReportSetError extends Error {
  readonly code = 'NO_REPORT_SET';
  readonly exitCode = 2;

  constructor(folder: string, options?: ErrorOptions) {
    super(`${folder} holds no report set: there is no readable manifest.json in it`, options);
    this.name = 'NoReportSetError';
  }
}

/**
 * Recomputes rows, sums and hashes of a report set and compares them with its manifest.
 * @throws NoReportSetError
 */
export async function verifyReportSet(folder: string): Promise<Verification> {
  const { files } = await readManifest(folder);
  const differences: string[] = [];
  for (const [name, expected] of Object.entries(files)) {
    differences.push(...(await differencesOf(join(folder, name), name, expected)));
  }
  const known = new Set([...Object.keys(files), 'manifest.json', 'decisions-result.csv']);
  for (const name of await readdir(folder)) {
    if (!known.has(name)) differences.push(`${name}: is not in the manifest`);
  }
  return { files: Object.keys(files), differences };
}

async function readManifest(folder: string): Promise<{ files: Record<string, FileSummary> }> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    const { files } = manifest as { files?: unknown };
    if (typeof files !== 'object' || files === null) throw new Error('it names no files');
    return manifest as { files: Record<string, FileSummary> };
  } catch (cause) {
    throw new NoReportSetError(folder, { cause });
  }
}

async function differencesOf(file: string, name: string, expected: FileSummary): Promise<string[]> {
  let found: FileSummary;
  try {
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

async function summarise(file: string, isCsv: boolean): Promise<FileSummary> {
  const hash = createHash('sha256');
  const sums = new Map<string, Map<string, bigint>>();
  let rows = 0;
  let header: string[] | undefined;
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // Before the stream is opened: a file that is missing is told here.
  const delimiter = isCsv ? await delimiterOf(file) : ',';
  const read = createReadStream(file);
  if (!isCsv) {
    await pipeline(read, hashed, async (chunks: AsyncIterable<Buffer>) => {
      for await (const _ of chunks);
    });
    return { rows: 0, sums: {}, sha256: hash.digest('hex') };
  }
  const parser = parse({ bom: true, delimiter, relax_column_count: true });
  await pipeline(read, hashed, parser, async (records: AsyncIterable<string[]>) => {
    for await (const record of records) {
      if (!header) {
        header = record;
        continue;
      }
      rows += 1;
      const cell = (column: string) => record[header!.indexOf(column)] ?? '';
      if (header.includes('status') && /^-?\d+$/.test(cell('amount'))) {
        addMoney(sums, {
          currency: cell('currency'),
          status: cell('status'),
          amount: BigInt(cell('amount')),
        });
      }
    }
  });
  return { rows, sums: sumsInOrder(sums), sha256: hash.digest('hex') };
}

/** The header holds no cell that has to be quoted, so it tells. */
async function delimiterOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
    const [header] = buffer.toString('utf8', 0, bytesRead).split('\r\n');
    return header!.includes(';') ? ';' : ',';
  } finally {
    await handle.close();
  }
}
