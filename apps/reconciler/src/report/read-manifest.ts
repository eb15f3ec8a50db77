import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MANIFEST, readRegular } from 'app-runtime';
import { parseManifest, type Manifest } from './manifest.js';

/** The manifest of a report set as it is on disk. */
export interface ReadManifest {
  manifest: Manifest;
  /** Of the file, in lower-case hex. */
  sha256: string;
}

/** A line for each link that could not be read: those of a hundred thousand take a few megabytes. */
export const MAX_MANIFEST_BYTES = 64_000_000;

/** Empty where a folder holds none that can be read. */
export async function readManifestText(folder: string): Promise<string> {
  return readRegular(join(folder, MANIFEST), MAX_MANIFEST_BYTES).then(String, () => '');
}

/** Undefined where a folder holds no readable manifest. */
export async function readManifest(folder: string): Promise<ReadManifest | undefined> {
  const text = await readManifestText(folder);
  const manifest = parseManifest(text);
  return manifest && { manifest, sha256: createHash('sha256').update(text).digest('hex') };
}
