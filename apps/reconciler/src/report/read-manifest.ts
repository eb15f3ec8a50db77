import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from 'app-runtime';
import { parseManifest, type Manifest } from './manifest.js';

/** The manifest of a report set as it is on disk. */
export interface ReadManifest {
  manifest: Manifest;
  /** Of the file, in lower-case hex. */
  sha256: string;
}

/** Undefined where a folder holds no readable manifest. */
export async function readManifest(folder: string): Promise<ReadManifest | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => '');
  const manifest = parseManifest(text);
  return manifest && { manifest, sha256: createHash('sha256').update(text).digest('hex') };
}
