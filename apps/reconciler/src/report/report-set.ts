import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** The folder of a slot's report set. */
export function reportSetFolder(reportsDir: string, account: string, date: string): string {
  return resolve(reportsDir, account, date);
}

/**
 * Fills a temporary folder and puts it in the place of the set: readers find the old set or the new one, whole. A kill
 * between the two renames leaves the old set beside it, and the next write puts it back first.
 */
export async function replaceReportSet<T>(
  folder: string,
  fill: (temporary: string) => Promise<T>,
): Promise<T> {
  const parent = dirname(folder);
  const old = join(parent, `.${basename(folder)}.old`);
  await mkdir(parent, { recursive: true });
  if (!(await exists(folder)) && (await exists(old))) await rename(old, folder);
  await rm(old, { recursive: true, force: true });
  const temporary = join(parent, `.${basename(folder)}.new-${randomUUID()}`);
  await mkdir(temporary);
  try {
    const filled = await fill(temporary);
    if (await exists(folder)) await rename(folder, old);
    await rename(temporary, folder);
    await rm(old, { recursive: true, force: true });
    return filled;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
