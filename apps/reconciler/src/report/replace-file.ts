import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A hidden file beside another one, on the same disk. */
export function temporaryFor(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomUUID()}`);
}

/** Fills a temporary file and renames it: readers see either the old file or the new one. */
export async function replaceFile(
  file: string,
  fill: (temporary: string) => Promise<unknown>,
): Promise<void> {
  const temporary = temporaryFor(file);
  try {
    await fill(temporary);
    await rename(temporary, file);
  } catch (error) {
    // The original error matters more to the caller.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
