import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { LocalTime } from './local-time.js';

/** The value of a cell: text, which is guarded against formula injection, or a number or time, which needs no guard. */
export type Cell = string | number | bigint | LocalTime | null;

/** The columns of a report: header and the value from a row. */
export type Columns<Row> = readonly (readonly [header: string, cell: (row: Row) => Cell])[];

/** Receives the cells of a CSV file as they are written, so that the rows are queried once. */
export interface Twin {
  begin(headers: readonly string[]): void;
  row(cells: readonly Cell[]): Promise<void>;
  end(): Promise<void>;
}

/** Money of a row, for the sums of the manifest. */
export interface Money {
  currency: string;
  status: string;
  amount: bigint;
}

/** A file's entry in the manifest. */
export interface FileSummary {
  /** Without the header. */
  rows: number;
  /** Amounts by currency and status, as decimal strings; empty for a file without a status column. */
  sums: Record<string, Record<string, string>>;
  /** Lower-case hex. */
  sha256: string;
}

/** How a file is written. */
export interface CsvOptions<Row> {
  delimiter: string;
  /** For files with sums in the manifest; null for a row that is not in them. */
  money?: (row: Row) => Money | null;
  /** Receives the same cells. */
  twin?: Twin;
}

/** Rows are passed to the stream in batches: one by one, the stream takes longer than the row. */
const ROWS_AT_A_TIME = 200;

/**
 * Streams rows into a CSV file that spreadsheets open correctly: UTF-8 with a byte order mark, CRLF, a header row,
 * an apostrophe before text that begins like a formula.
 */
export async function writeCsv<Row>(
  file: string,
  columns: Columns<Row>,
  rows: AsyncIterable<Row>,
  { delimiter, money, twin }: CsvOptions<Row>,
): Promise<FileSummary> {
  const hash = createHash('sha256');
  const sums = new Map<string, Map<string, bigint>>();
  let count = 0;
  const headers = columns.map(([header]) => header);
  twin?.begin(headers);
  const toBytes = (cells: readonly Cell[][], first: boolean) => {
    const bytes = Buffer.from(csvText(cells, headers, delimiter, first));
    hash.update(bytes);
    return bytes;
  };
  await pipeline(
    rows,
    async function* toFile(source: AsyncIterable<Row>) {
      let first = true;
      let batch: Cell[][] = [];
      for await (const row of source) {
        count += 1;
        const worth = money?.(row);
        if (worth) addMoney(sums, worth);
        const cells = columns.map(([, cell]) => cell(row));
        if (twin) await twin.row(cells);
        batch.push(cells);
        if (batch.length < ROWS_AT_A_TIME) continue;
        yield toBytes(batch, first);
        first = false;
        batch = [];
      }
      if (first || batch.length > 0) yield toBytes(batch, first);
      await twin?.end();
    },
    createWriteStream(file, { flags: 'wx', flush: true }),
  );
  return { rows: count, sums: sumsInOrder(sums), sha256: hash.digest('hex') };
}

/** Rows as text; the header is written with the first ones. */
export function csvText(
  rows: readonly Cell[][],
  headers: readonly string[],
  delimiter: string,
  first: boolean,
): string {
  return stringify([...rows], {
    header: first,
    columns: [...headers],
    delimiter,
    bom: first,
    record_delimiter: 'windows',
    // Some spreadsheets split at every usual delimiter at once, and start a row at a bare CR or LF.
    quoted_match: /[,;\t"\r\n]/,
    escape_formulas: true,
    cast: { object: String },
  });
}

/** Adds one row to sums by currency and status. */
export function addMoney(sums: Map<string, Map<string, bigint>>, { currency, status, amount }: Money): void {
  const byStatus = sums.get(currency) ?? new Map<string, bigint>();
  sums.set(currency, byStatus.set(status, (byStatus.get(status) ?? 0n) + amount));
}

/** The sums for the manifest: in a stable order, as decimal strings. */
export function sumsInOrder(sums: Map<string, Map<string, bigint>>): FileSummary['sums'] {
  const sorted = <Value>(map: Map<string, Value>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted(sums).map(([currency, byStatus]) => [
      currency,
      Object.fromEntries(sorted(byStatus).map(([status, sum]) => [status, sum.toString()])),
    ]),
  );
}
