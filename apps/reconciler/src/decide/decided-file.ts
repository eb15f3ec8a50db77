import { columnName } from '../report/workbook/cell.xml.js';
import { RefusedFileError } from '../given-file/refused-file.error.js';
import { readCsvRows } from '../given-file/csv-rows.js';
import { isWorkbook, readWorkbookRows } from './workbook-rows.js';

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
export type ReportedColumn = (typeof REPORTED_COLUMNS)[number];

/** The reported cells of one failure. */
export type ReportedCells = Record<ReportedColumn, string>;

/** One row of the file. */
export interface DecidedRow extends ReportedCells {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  decision: string;
  note: string;
  /** The reference of a cell, such as `B5`. */
  at: (column: ReportedColumn) => string;
}

const COLUMNS = [...REPORTED_COLUMNS, 'decision', 'note'] as const;

/**
 * Parses a `failures.csv`, or the sheet `failures` of a `report.xlsx`, that a spreadsheet saved. Columns are found by
 * their names, in any order; rows without a cell are skipped.
 * @throws RefusedFileError when it is not such a file
 */
export async function readDecidedFile(bytes: Buffer): Promise<DecidedRow[]> {
  const [header = [], ...records] = isWorkbook(bytes)
    ? await readWorkbookRows(bytes)
    : readCsvRows(bytes, { orWorkbook: true });
  if (header.length === 0) throw new RefusedFileError(['it is empty']);
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new RefusedFileError([
      `it has no column ${missing.join(', ')}: give a failures.csv or report.xlsx with its first row as it was written`,
    ]);
  }
  const twice = COLUMNS.filter((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice.length > 0)
    throw new RefusedFileError([`it has the column ${twice.join(', ')} twice: remove one of them`]);
  const at = (row: number) => (column: ReportedColumn) => `${columnName(names.indexOf(column))}${row}`;
  return records.flatMap((cells, index) => {
    if (cells.every((cell) => cell.trim() === '')) return [];
    const row = Object.fromEntries(COLUMNS.map((column) => [column, cells[names.indexOf(column)] ?? '']));
    return [{ ...(row as Record<(typeof COLUMNS)[number], string>), row: index + 2, at: at(index + 2) }];
  });
}
