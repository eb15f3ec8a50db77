import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from 'app-runtime';
import { carryOver } from './carry-over.js';
import { ReportNotWrittenError } from './report-not-written.error.js';

/** The folder of a slot's report set. */
export function reportSetFolder(reportsDir: string, account: string, date: string): string {
  return resolve(reportsDir, account, date);
}

/**
 * Fills a temporary folder and renames it into the set's place: readers see either the old set or the new one. A
 * kill between the two renames leaves the old set under another name, and the next write restores it first. Files
 * that people put into the folder are carried over. One write of a set at a time: leftovers of an earlier one are
 * removed.
 * @param isReplaced which files of an old set are its own, although the new one may not have them
 * @throws ReportNotWrittenError when the disk refuses; otherwise what `fill` throws
 */
export async function replaceReportSet<T>(
  folder: string,
  fill: (temporary: string) => Promise<T>,
  isReplaced: (name: string) => boolean = () => false,
): Promise<T> {
  const old = besideOf(folder, 'old');
  const temporary = besideOf(folder, `new-${randomUUID()}`);
  try {
    await makeFolder(dirname(folder));
    if (!(await exists(folder)) && (await exists(old))) await rename(old, folder);
    await clearAway(folder);
    await mkdir(temporary);
    const filled = await fill(temporary);
    if (await exists(folder)) await carryOver(folder, temporary, isReplaced);
    await exchange(folder, { old, by: temporary });
    return filled;
  } catch (error) {
    // The original error matters more to the caller.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw ReportNotWrittenError.of(error, folder, await exists(folder).catch(() => false));
  }
}

/** Hidden, and on the same disk. */
function besideOf(folder: string, what: string): string {
  return join(dirname(folder), `.${basename(folder)}.${what}`);
}

/** Removes what a killed write left, and a replaced set that was not deleted. */
async function clearAway(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    const path = join(dirname(folder), name);
    if (path === besideOf(folder, 'old') || path.startsWith(besideOf(folder, 'new-')))
      await rm(path, { recursive: true, force: true });
  }
}

async function exchange(folder: string, { old, by }: { old: string; by: string }): Promise<void> {
  const replaces = await exists(folder);
  if (replaces) await rename(folder, old);
  try {
    await rename(by, folder);
  } catch (error) {
    if (replaces) await rename(old, folder);
    throw error;
  }
  // The new set is in place; the rest of the old one is removed by the next write.
  await rm(old, { recursive: true, force: true }).catch(() => undefined);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
