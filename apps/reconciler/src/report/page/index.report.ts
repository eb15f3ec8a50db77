import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from 'app-runtime';

/** Replaces `index.html` of an account's folder: readers see the old one or the new one. */
export async function writeIndex(folder: string, text: string): Promise<void> {
  const temporary = join(folder, `.index-${randomUUID()}`);
  try {
    await makeFolder(folder);
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, join(folder, 'index.html'));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
