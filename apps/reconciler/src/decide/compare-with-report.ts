import { REPORTED_COLUMNS, type DecidedRow, type ReportedCells } from './decided-file.js';

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
  for (const row of rows) {
    const was = find(row, reported, seen);
    if (!was) {
      differences.push(`line ${row.line}: ${row.external_id} was not reported`);
    } else if (seen.has(was.external_id)) {
      differences.push(`line ${row.line}: ${was.external_id} is in the file twice`);
    } else {
      seen.add(was.external_id);
      meant.push({ ...row, external_id: was.external_id });
      for (const column of REPORTED_COLUMNS) {
        if (!isSame(row[column], was[column])) {
          differences.push(
            `line ${row.line}, ${column}: is "${row[column]}", was reported as "${was[column]}"`,
          );
        }
      }
    }
  }
  for (const externalId of reported.keys()) {
    if (!seen.has(externalId)) differences.push(`${externalId} was reported and is missing`);
  }
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
    !seen.has(was.external_id) && REPORTED_COLUMNS.every((column) => isSame(row[column], was[column]));
  const byExternalId = candidates.find(agrees) ?? candidates[0];
  if (byExternalId || row.provider_id === '') return byExternalId;
  return [...reported.values()].find(({ provider_id }) => provider_id === row.provider_id);
}

/** Reports put an apostrophe before text that looks like a formula; spreadsheets may keep or drop it. */
function isSame(given: string, was: string): boolean {
  const [a, b] = [given, was].map((cell) => cell.replace(/\r\n?/g, '\n'));
  return a === b || withoutApostrophe(a!) === b;
}

function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
