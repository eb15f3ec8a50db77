import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCsv, type Columns } from '../report/csv.js';
import type { DecisionResult } from './decision.service.js';
import { ResultNotWrittenError } from './result-not-written.error.js';

/** The file with the result of each decision. */
const DECISIONS_RESULT = 'decisions-result.csv';

const COLUMNS: Columns<DecisionResult> = [
  ['external_id', (row) => row.externalId],
  ['decision', (row) => row.decision],
  ['result', (row) => row.result],
  ['message', (row) => row.message],
  ['replaced_by', (row) => row.replacedBy],
];

/**
 * Checked before anything is sent: what cannot be reported must not be done.
 * @throws ResultNotWrittenError
 */
export async function requireWritable(folder: string): Promise<void> {
  const temporary = temporaryIn(folder);
  try {
    await writeFile(temporary, '');
    await rm(temporary);
    // An earlier file may be open in a spreadsheet.
    await (await open(join(folder, DECISIONS_RESULT), 'r+')).close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(folder)) return;
    throw new ResultNotWrittenError(folder, { cause });
  }
}

/** Writes the results into a folder atomically. @returns the file's path */
export async function writeDecisionsResult(
  folder: string,
  results: readonly DecisionResult[],
  delimiter: string,
): Promise<string> {
  const file = join(folder, DECISIONS_RESULT);
  const temporary = temporaryIn(folder);
  try {
    await writeCsv(temporary, COLUMNS, fromArray(results), { delimiter });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return file;
}

function temporaryIn(folder: string): string {
  return join(folder, `.${DECISIONS_RESULT}.${randomUUID()}`);
}

async function* fromArray<Row>(rows: readonly Row[]): AsyncGenerator<Row, void, void> {
  yield* rows;
}
