import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { LocalTime } from './local-time.js';
import type { Batches } from './rows.js';

/** The value of a cell: text, which is guarded against formula injection, or a number or time, which needs no guard. */
export type Cell = string | number | bigint | LocalTime | null;

/** The columns of a report: header and the value from a row. */
export type Columns<Row> = readonly (readonly [header: string, cell: (row: Row) => Cell])[];

/** Receives the cells of a CSV file as they are written, so that the rows are queried once. */
export interface Twin {
  begin(headers: readonly string[]): void;
  write(rows: readonly (readonly Cell[])[]): Promise<void>;
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
  bytes: number;
}

/** How a file is written. */
export interface CsvOptions<Row> {
  delimiter: string;
  /** For files with sums in the manifest; null for a row that is not in them. */
  money?: (row: Row) => Money | null;
  /** Receives the same cells. */
  twin?: Twin;
}

/** Text that is the same in the file: without a delimiter, quote or line break, and not like a formula. */
const PLAIN_TEXT = /^[^\s"'+,;=@\-\uFF0B\uFF0D\uFF1D\uFF20][^,;\t"\r\n]*$/;

/**
 * Streams rows into a CSV file that spreadsheets open correctly: UTF-8 with a byte order mark, CRLF, a header row,
 * an apostrophe before text that begins like a formula.
 */
export async function writeCsv<Row>(
  file: string,
  columns: Columns<Row>,
  rows: Batches<Row>,
  { delimiter, money, twin }: CsvOptions<Row>,
): Promise<FileSummary> {
  const hash = createHash('sha256');
  const sums = new Map<string, Map<string, bigint>>();
  let count = 0;
  let size = 0;
  const headers = columns.map(([header]) => header);
  twin?.begin(headers);
  const toBytes = (cells: readonly Cell[][], first: boolean) => {
    const bytes = Buffer.from(csvText(cells, headers, delimiter, first));
    hash.update(bytes);
    size += bytes.length;
    return bytes;
  };
  await pipeline(
    rows,
    async function* toFile(source: Batches<Row>) {
      yield toBytes([], true);
      for await (const batch of source) {
        count += batch.length;
        const cells = batch.map((row) => columns.map(([, cell]) => cell(row)));
        for (const row of money ? batch : []) {
          const worth = money!(row);
          if (worth) addMoney(sums, worth);
        }
        await twin?.write(cells);
        if (batch.length > 0) yield toBytes(cells, false);
      }
      await twin?.end();
    },
    createWriteStream(file, { flags: 'wx', flush: true }),
  );
  return { rows: count, sums: sumsInOrder(sums), sha256: hash.digest('hex'), bytes: size };
}

/**
 * Rows as text, after the header if they are the first. csv-stringify writes the header and every text that has to be
 * quoted or guarded; the other cells are written as they are, which takes a fraction of its time.
 */
export function csvText(
  rows: readonly (readonly Cell[])[],
  headers: readonly string[],
  delimiter: string,
  first: boolean,
): string {
  const written = (cell: Cell): string => {
    if (typeof cell !== 'string') return String(cell ?? '');
    return PLAIN_TEXT.test(cell) ? cell : stringified([cell], delimiter, false);
  };
  let text = first ? `${stringified(headers, delimiter, true)}\r\n` : '';
  for (const row of rows) text += `${row.map(written).join(delimiter)}\r\n`;
  return text;
}

function stringified(cells: readonly string[], delimiter: string, bom: boolean): string {
  return stringify([[...cells]], {
    delimiter,
    bom,
    eof: false,
    // Some spreadsheets split at every usual delimiter at once, and start a row at a bare CR or LF.
    quoted_match: /[,;\t"\r\n]/,
    escape_formulas: true,
    record_delimiter: 'windows',
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
