import { writeCsv, type Columns } from '../report/csv.js';
import { replaceFile } from '../report/replace-file.js';
import { fromArray } from '../report/rows.js';
import type { DecisionResult } from './decision.service.js';

const COLUMNS: Columns<DecisionResult> = [
  ['external_id', (row) => row.externalId],
  ['decision', (row) => row.decision],
  ['note', (row) => row.note],
  ['result', (row) => row.result],
  ['message', (row) => row.message],
  ['replaced_by', (row) => row.replacedBy],
];

/** Writes the results atomically. */
export async function writeResults(
  resultFile: string,
  results: readonly DecisionResult[],
  delimiter: string,
): Promise<void> {
  await replaceFile(resultFile, (temporary) =>
    writeCsv(temporary, COLUMNS, fromArray(results), { delimiter }),
  );
}
