import { existsSync } from 'node:fs';
import { lstat, open, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { temporaryFor } from '../report/replace-file.js';
import { ResultNotWrittenError } from './result-not-written.error.js';

/** The file with the result of each row, beside the file given: `<its name without its ending>-result.csv`. */
export function resultFileOf(file: string): string {
  return join(dirname(file), `${basename(file, extname(file))}-result.csv`);
}

/**
 * Checked before anything is sent: what cannot be reported must not be done.
 * @throws ResultNotWrittenError
 */
export async function requireWritable(resultFile: string): Promise<void> {
  const temporary = temporaryFor(resultFile);
  try {
    // It could lead to the given file, which would be overwritten.
    if ((await lstat(resultFile).catch(() => null))?.isSymbolicLink())
      throw new Error(`${basename(resultFile)} is a symbolic link`);
    await writeFile(temporary, '');
    await rm(temporary);
    // An earlier file may be open in a spreadsheet.
    await (await open(resultFile, 'r+')).close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(dirname(resultFile))) return;
    throw new ResultNotWrittenError(dirname(resultFile), { cause });
  }
}
