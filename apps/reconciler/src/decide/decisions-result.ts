import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCsv, type Columns } from '../report/csv.js';
import type { DecisionResult } from './decision.service.js';

/** The file that tells what came of each decision. */
export const DECISIONS_RESULT = 'decisions-result.csv';

const COLUMNS: Columns<DecisionResult> = [
  ['external_id', (row) => row.externalId],
  ['decision', (row) => row.decision],
  ['result', (row) => row.result],
  ['message', (row) => row.message],
  ['replaced_by', (row) => row.replacedBy],
];

/** Puts the results into a folder, whole or not at all. @returns the file's path */
export async function writeDecisionsResult(
  folder: string,
  results: readonly DecisionResult[],
  delimiter: string,
): Promise<string> {
  const file = join(folder, DECISIONS_RESULT);
  const temporary = join(folder, `.${DECISIONS_RESULT}.${randomUUID()}`);
  try {
    await writeCsv(temporary, COLUMNS, fromArray(results), { delimiter });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return file;
}

async function* fromArray<Row>(rows: readonly Row[]): AsyncGenerator<Row, void, void> {
  yield* rows;
}
