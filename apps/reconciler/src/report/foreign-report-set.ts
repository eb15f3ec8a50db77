import { rename } from 'node:fs/promises';
import { readManifest } from './read-manifest.js';
import { issuedSha256 } from './redaction.js';
import { exists } from './report-set.js';

/**
 * Whether a folder holds a sealed report set that is not ours.
 * @param known the SHA-256 of our own manifests, in hex
 * @param options `orRedacted`: one that says it was printed again without some recipients is ours too @default false
 */
export async function isForeignSet(
  folder: string,
  known: readonly (string | null)[],
  { orRedacted = false } = {},
): Promise<boolean> {
  const found = await readManifest(folder);
  if (found === undefined || found.manifest.provisional || known.includes(found.sha256)) return false;
  return !(orRedacted && known.includes(issuedSha256(found.manifest, found.sha256)));
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
