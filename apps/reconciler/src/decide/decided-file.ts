import { parse } from 'csv-parse/sync';
import { BadDecisionsError } from './bad-decisions.error.js';

/** Cells that identify the failure of a row: they must be as reported. */
export const REPORTED_COLUMNS = [
  'external_id',
  'provider_id',
  'account',
  'amount',
  'currency',
  'status',
  'failure_code',
] as const;

/** The reported cells of one failure. */
export type ReportedCells = Record<(typeof REPORTED_COLUMNS)[number], string>;

/** One row of the file. */
export interface DecidedRow extends ReportedCells {
  /** Line in the file; the header is line 1. */
  line: number;
  decision: string;
  note: string;
}

const COLUMNS = [...REPORTED_COLUMNS, 'decision', 'note'] as const;
const DELIMITERS = [',', ';', '\t'];

/**
 * Parses a `failures.csv` that a spreadsheet saved: any of its delimiters, with or without a byte order mark,
 * UTF-8, UTF-16 or Windows' Western code page, columns in any order, empty lines at the end.
 * @throws BadDecisionsError when it is not such a file
 */
export function readDecidedFile(bytes: Uint8Array): DecidedRow[] {
  const text = decode(bytes);
  const [header = ''] = text.split(/\r?\n/, 1);
  const delimiter = DELIMITERS.toSorted((a, b) => header.split(b).length - header.split(a).length)[0]!;
  const records = parseRecords(text, delimiter);
  const names = records.shift()?.cells.map((name) => name.trim()) ?? [];
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new BadDecisionsError([`it has no column ${missing.join(', ')}`]);
  return records
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
    .map(({ cells, line }) => {
      const row = Object.fromEntries(COLUMNS.map((column) => [column, cells[names.indexOf(column)] ?? '']));
      return { ...(row as unknown as DecidedRow), line };
    });
}

function parseRecords(text: string, delimiter: string): { cells: string[]; line: number }[] {
  try {
    const records = parse(text, { delimiter, relax_column_count: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (cause) {
    throw new BadDecisionsError([`it cannot be read as CSV: ${(cause as Error).message}`], { cause });
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
