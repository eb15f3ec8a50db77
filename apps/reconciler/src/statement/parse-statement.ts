import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { parse, type CsvError } from 'csv-parse';
import { BadStatementError } from './bad-statement.error.js';
import { parseRow, UnreadableCell } from './parse-row.js';
import { StatementColumns } from './statement-columns.js';
import type { StatementKind, StatementLine } from './statement-line.js';

const LONGEST_ROW = 1_000_000;
/** Enough for a header. Bytes. */
const HEAD = 65_536;

/** A statement's file, opened. */
export interface OpenedStatement {
  kind: StatementKind;
  /** Its rows, streamed; throws BadStatementError at one that cannot be read. */
  lines: AsyncGenerator<StatementLine, void, void>;
  bytes: number;
  bytesRead(): number;
  /** For a file whose rows were not read to the end. */
  close(): void;
}

/**
 * Opens a statement and reads its header: `,` or `;`, with or without a byte order mark, columns in any order.
 * @param name of the file, for errors
 * @param number of the file in its match, from 1
 * @throws BadStatementError
 */
export async function openStatement(path: string, name: string, number: number): Promise<OpenedStatement> {
  const delimiter = await delimiterOf(path, name);
  const { size } = await stat(path);
  const file = createReadStream(path);
  try {
    const records = recordsOf(file, name, delimiter);
    const first = await records.next();
    if (first.done) throw new BadStatementError(`${name} is empty. Export the report again`);
    const columns = StatementColumns.of(first.value, name);
    return {
      kind: columns.kind,
      lines: linesOf(records, columns, { name, number }),
      bytes: size,
      bytesRead: () => file.bytesRead,
      close: () => void file.destroy(),
    };
  } catch (error) {
    file.destroy();
    throw error;
  }
}

async function* linesOf(
  records: AsyncIterable<string[]>,
  columns: StatementColumns,
  { name, number }: { name: string; number: number },
): AsyncGenerator<StatementLine, void, void> {
  let row = 1;
  for await (const record of records) {
    row += 1;
    // A spreadsheet counts empty lines too.
    if (record.every((cell) => cell.trim() === '')) continue;
    const line = parseRow(columns, record, { file: number, row });
    if (line instanceof UnreadableCell)
      throw new BadStatementError(
        `${name}, row ${row}, column ${line.column}: ${line.reason}. Export the report again, unchanged`,
      );
    yield line;
  }
}

async function* recordsOf(
  file: ReadStream,
  name: string,
  delimiter: string,
): AsyncGenerator<string[], void, void> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: LONGEST_ROW,
  });
  file.on('error', (error) => parser.destroy(error));
  let row = 0;
  try {
    for await (const record of file.pipe(parser)) {
      row += 1;
      yield record as string[];
    }
  } catch (error) {
    if (error instanceof BadStatementError) throw error;
    const { code } = error as CsvError;
    if (typeof code === 'string' && (code.startsWith('CSV_') || code === 'INVALID_OPENING_QUOTE'))
      throw new BadStatementError(
        `${name}, row ${row + 1}: a quote (") is not closed, is in a cell, or the row is too long. ` +
          'The file may be cut off: export or download the report again',
        { cause: error },
      );
    throw error;
  } finally {
    file.destroy();
  }
}

/** Of the header; names of columns hold neither. */
async function delimiterOf(path: string, name: string): Promise<string> {
  const head = await headOf(path);
  if (head.includes(0)) throw notCsv(name, 'it is not text in UTF-8. Save it as CSV UTF-8');
  const [header = ''] = head.toString('utf8').split(/[\r\n]/, 1);
  if (/^\uFEFF?\s*</.test(header))
    throw notCsv(name, 'it is a web page, perhaps a sign-in. Download the CSV file of the report');
  return header.includes(';') ? ';' : ',';
}

async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function notCsv(name: string, why: string): BadStatementError {
  return new BadStatementError(`${name} is not a CSV file: ${why}`);
}
