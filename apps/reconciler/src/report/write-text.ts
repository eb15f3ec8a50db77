import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { FileSummary } from './csv.js';

/** Writes a file of a set that is no table. */
export async function writeText(file: string, text: string): Promise<FileSummary> {
  await writeFile(file, text, { flag: 'wx', flush: true });
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { rows: 0, sums: {}, sha256, bytes: Buffer.byteLength(text) };
}
