import { quoteCell } from '../given-file/refused-file.error.js';
import {
  REPORTED_COLUMNS,
  type DecidedRow,
  type ReportedCells,
  type ReportedColumn,
} from './decided-file.js';

/** A file compared with its report: its rows, and the differences that make it invalid. */
export interface Compared {
  /** Each row with the reported external id, whatever its cell became. */
  rows: DecidedRow[];
  /** Each changed cell, each row that was not reported, each missing row. */
  differences: string[];
}

/** Compares the rows of a file with those reported for a slot. */
export function compareWithReport(
  rows: readonly DecidedRow[],
  reported: ReadonlyMap<string, ReportedCells>,
): Compared {
  const differences: string[] = [];
  const meant: DecidedRow[] = [];
  const seen = new Set<string>();
  let rounded = false;
  for (const row of rows) {
    const was = find(row, reported, seen);
    if (!was) {
      differences.push(`row ${row.row}: ${quoteCell(row.external_id)} was not reported`);
      rounded ||= isRounded(row.external_id);
    } else if (seen.has(was.external_id)) {
      differences.push(`row ${row.row}: ${quoteCell(was.external_id)} is in the file twice`);
    } else {
      seen.add(was.external_id);
      meant.push({ ...row, external_id: was.external_id });
      for (const column of REPORTED_COLUMNS) {
        if (isSame(column, row[column], was[column])) continue;
        differences.push(
          `row ${row.row}, ${column} (${row.at(column)}): is ${quoteCell(row[column])}, was reported as ${quoteCell(was[column])}`,
        );
        rounded ||= isRounded(row[column]);
      }
    }
  }
  for (const externalId of reported.keys()) {
    if (!seen.has(externalId)) differences.push(`${quoteCell(externalId)} was reported and is missing`);
  }
  if (rounded)
    differences.unshift(
      'the spreadsheet has rounded ids: fill in the sheet failures of report.xlsx, which keeps long ids whole',
    );
  return { rows: meant, differences };
}

/**
 * By its external id, else by its provider id, so that the changed cell can be named. If a cell could be two
 * external ids, `'=1` and `=1`, the one whose other cells match is used.
 */
function find(
  row: DecidedRow,
  reported: ReadonlyMap<string, ReportedCells>,
  seen: ReadonlySet<string>,
): ReportedCells | undefined {
  const candidates = [reported.get(row.external_id), reported.get(withoutApostrophe(row.external_id))].filter(
    (cells) => cells !== undefined,
  );
  const agrees = (was: ReportedCells) =>
    !seen.has(was.external_id) &&
    REPORTED_COLUMNS.every((column) => isSame(column, row[column], was[column]));
  const byExternalId = candidates.find(agrees) ?? candidates[0];
  if (byExternalId || row.provider_id === '') return byExternalId;
  return [...reported.values()].find(({ provider_id }) => provider_id === row.provider_id);
}

/**
 * Reports put an apostrophe before text that looks like a formula; spreadsheets may keep or drop it. They may save
 * amounts as they show them.
 */
function isSame(column: ReportedColumn, given: string, was: string): boolean {
  if (column === 'amount') return plainAmount(given) === was;
  const [a, b] = [given, was].map((cell) => cell.replace(/\r\n?/g, '\n'));
  return a === b || withoutApostrophe(a!) === b;
}

/** `50,000`, `50.000,00` and `50 000` as `50000`; anything else as it is. */
function plainAmount(cell: string): string {
  const [, whole] = /^(\d+|\d{1,3}(?:[.,' \u00A0\u202F]\d{3})+)(?:[.,]0{1,2})?$/.exec(cell.trim()) ?? [];
  return whole === undefined ? cell : whole.replaceAll(/\D/g, '');
}

/** A long number as spreadsheets show and save it. */
function isRounded(cell: string): boolean {
  return /^\d[.,]?\d*E\+\d+$/i.test(cell.trim());
}

function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
