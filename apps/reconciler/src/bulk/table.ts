import { readCsvRows } from '../given-file/csv-rows.js';
import { RefusedFileError } from '../given-file/refused-file.error.js';
import { columnName } from '../report/workbook/cell.xml.js';

/** One row of a given file. */
export interface TableRow {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  /** A cell by its column; empty for a column that the file does not have. */
  cell: (column: string) => string;
  /** The reference of a cell, such as ` (B5)`; empty for a column that the file does not have. */
  at: (column: string) => string;
  /** The cells of all other columns, by the name in the header. */
  others: Record<string, string>;
}

/** Which columns a file must and may have; names are in lower case. */
export interface TableColumns {
  needed: readonly string[];
  optional?: readonly string[];
}

/**
 * The rows of a CSV file with a header, as spreadsheets save it. Columns are found by name, case and outer spaces
 * ignored; empty rows are skipped.
 * @throws RefusedFileError when a needed column is missing, a column is there twice, or a row has cells without one
 */
export function readTable(bytes: Buffer, { needed, optional = [] }: TableColumns): TableRow[] {
  const [header = [], ...records] = readCsvRows(bytes);
  const named = header.map((name) => name.trim());
  const known = [...needed, ...optional];
  // Other columns are kept under the name that they have.
  const keys = named.map((name) => (known.includes(name.toLowerCase()) ? name.toLowerCase() : name));
  requireColumns(keys, needed);
  const problems: string[] = [];
  const rows = records.flatMap((cells, index): TableRow[] => {
    const row = index + 2;
    if (cells.every((cell) => cell.trim() === '')) return [];
    const stray = cells.findIndex(
      (cell, at) => (keys[at] ?? '') === '' && (at >= keys.length || cell !== ''),
    );
    if (stray !== -1) {
      problems.push(
        `row ${row} (${columnName(stray)}${row}): the header has no name for this cell: is a delimiter in a cell that is not quoted?`,
      );
    }
    const others = keys.flatMap((key, at) =>
      key === '' || known.includes(key) ? [] : [[key, cells[at] ?? '']],
    );
    return [
      {
        row,
        cell: (column) => cells[keys.indexOf(column)] ?? '',
        at: (column) => (keys.includes(column) ? ` (${columnName(keys.indexOf(column))}${row})` : ''),
        others: Object.fromEntries(others) as Record<string, string>,
      },
    ];
  });
  if (problems.length > 0) throw new RefusedFileError(problems);
  return rows;
}

function requireColumns(keys: readonly string[], needed: readonly string[]): void {
  const missing = needed.filter((column) => !keys.includes(column));
  const twice = keys.filter((key, index) => key !== '' && keys.indexOf(key) !== index);
  const problems = [
    ...missing.map(
      (column) => `it has no column ${column}: the first row must name the columns ${needed.join(', ')}`,
    ),
    ...new Set(twice.map((column) => `it has the column ${column} twice: rename or delete one`)),
  ];
  if (problems.length > 0) throw new RefusedFileError(problems);
}
