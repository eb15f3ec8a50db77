import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest } from './manifest.js';
import { exists } from './report-set.js';

/**
 * Whether a folder holds a sealed report set that is not ours.
 * @param known the SHA-256 of our own manifests, in hex
 */
export async function isForeignSet(folder: string, known: readonly (string | null)[]): Promise<boolean> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  const manifest = parseManifest(text);
  if (!manifest || manifest.provisional) return false;
  return !known.includes(createHash('sha256').update(text).digest('hex'));
}

/** Renames a set to `<date>.superseded-<n>`. */
export async function keepSuperseded(folder: string): Promise<void> {
  for (let number = 1; ; number += 1) {
    const kept = `${folder}.superseded-${number}`;
    if (await exists(kept)) continue;
    await rename(folder, kept);
    return;
  }
}
