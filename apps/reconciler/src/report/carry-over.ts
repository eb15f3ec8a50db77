import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from './hash-file.js';

const FAILURES = 'failures.csv';

/** Copies what people put into a set's folder to its replacement: their files, and a filled-in work list. */
export async function carryOver(
  folder: string,
  next: string,
  isReplaced: (name: string) => boolean,
): Promise<void> {
  const [names, ours] = await Promise.all([readdir(folder), readdir(next)]);
  for (const name of names) {
    if (!ours.includes(name) && !isReplaced(name))
      await cp(join(folder, name), join(next, name), { recursive: true });
  }
  if (names.includes(FAILURES) && (await isFilledIn(folder))) {
    await cp(join(folder, FAILURES), join(next, freeName(names)));
  }
}

/** Whether the work list differs from its manifest. */
async function isFilledIn(folder: string): Promise<boolean> {
  const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  return !manifest.includes(await sha256Of(join(folder, FAILURES)));
}

function freeName(taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? 'failures.decided.csv' : `failures.decided-${number}.csv`;
    if (!taken.includes(name)) return name;
  }
}
