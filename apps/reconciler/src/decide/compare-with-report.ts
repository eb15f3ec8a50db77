import { REPORTED_COLUMNS, type DecidedRow, type ReportedCells } from './decided-file.js';

/**
 * What keeps a file from being the `failures.csv` of a slot: each cell that is not as it was reported, each row that
 * was not reported, each that is missing. Empty when nothing does.
 */
export function differencesFromReport(
  rows: readonly DecidedRow[],
  reported: ReadonlyMap<string, ReportedCells>,
): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const was = find(row, reported);
    if (!was) {
      problems.push(`line ${row.line}: ${row.external_id} was not reported`);
    } else if (seen.has(was.external_id)) {
      problems.push(`line ${row.line}: ${was.external_id} stands in the file twice`);
    } else {
      seen.add(was.external_id);
      for (const column of REPORTED_COLUMNS) {
        if (!isSame(row[column], was[column])) {
          problems.push(`line ${row.line}, ${column}: is "${row[column]}", was reported as "${was[column]}"`);
        }
      }
    }
  }
  for (const externalId of reported.keys()) {
    if (!seen.has(externalId)) problems.push(`${externalId} was reported and is missing`);
  }
  return problems;
}

/** By its external id, else by its id at the provider: then the cell that was changed can be named. */
function find(row: DecidedRow, reported: ReadonlyMap<string, ReportedCells>): ReportedCells | undefined {
  const byExternalId = reported.get(row.external_id) ?? reported.get(withoutApostrophe(row.external_id));
  if (byExternalId || row.payout_link_id === '') return byExternalId;
  return [...reported.values()].find(({ payout_link_id }) => payout_link_id === row.payout_link_id);
}

/** Reports put an apostrophe before what looks like a formula; spreadsheets may keep it or not. */
function isSame(given: string, was: string): boolean {
  const [a, b] = [given, was].map((cell) => cell.replace(/\r\n?/g, '\n'));
  return a === b || withoutApostrophe(a!) === b;
}

function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
