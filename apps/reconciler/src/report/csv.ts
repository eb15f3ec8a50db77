import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { LocalTime } from './local-time.js';

/** What a cell can hold: text, which is guarded against being taken for a formula, or a number or time, which never is. */
export type Cell = string | number | bigint | LocalTime | null;

/** One column of a report: its header and what it shows of a row. */
export type Columns<Row> = readonly (readonly [header: string, cell: (row: Row) => Cell])[];

/** Gets the cells of a CSV file as they are written, so that nobody has to ask for the rows twice. */
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

/** What the manifest says of a file. */
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
  /** For files whose sums the manifest tells. */
  money?: (row: Row) => Money;
  /** Gets the same cells. */
  twin?: Twin;
}

/** A stream that is handed every row by itself takes longer over that than over the row. */
const ROWS_AT_A_TIME = 200;

/**
 * Streams rows into a CSV file that spreadsheets open right: UTF-8 with a byte order mark, CRLF, a header row, text
 * that begins like a formula behind an apostrophe.
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
        if (money) addMoney(sums, money(row));
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

/** The header comes with the first rows. */
function csvText(
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
    // Off once a delimiter is given: spreadsheets begin a row at a bare CR or LF too, and a formula may follow it.
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: { object: String },
  });
}

/** Adds one row to sums by currency and status. */
export function addMoney(sums: Map<string, Map<string, bigint>>, { currency, status, amount }: Money): void {
  const byStatus = sums.get(currency) ?? new Map<string, bigint>();
  sums.set(currency, byStatus.set(status, (byStatus.get(status) ?? 0n) + amount));
}

/** Sums as the manifest has them: in a stable order, as decimal strings. */
export function sumsInOrder(sums: Map<string, Map<string, bigint>>): FileSummary['sums'] {
  const sorted = <Value>(map: Map<string, Value>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted(sums).map(([currency, byStatus]) => [
      currency,
      Object.fromEntries(sorted(byStatus).map(([status, sum]) => [status, sum.toString()])),
    ]),
  );
}
