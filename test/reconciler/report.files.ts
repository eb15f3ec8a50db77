import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/** Every file of a report set, by name. */
export type ReportFiles = ReadonlyMap<string, Buffer>;

export async function filesOf(folder: string): Promise<ReportFiles> {
  const files = new Map<string, Buffer>();
  for (const name of (await readdir(folder)).toSorted()) files.set(name, await readFile(join(folder, name)));
  return files;
}

/** Byte for byte; a difference is shown line by line for text, by size and hash for anything else. */
export function expectSameFiles(written: ReportFiles, expected: ReportFiles): void {
  expect([...written.keys()]).toEqual([...expected.keys()]);
  const differing = [...written].filter(([name, bytes]) => !bytes.equals(expected.get(name)!));
  // All at once: a manifest differs with every file, and does not show what differs in it.
  expect(Object.fromEntries(differing.map(([name, bytes]) => [name, readable(bytes)]))).toEqual(
    Object.fromEntries(differing.map(([name]) => [name, readable(expected.get(name)!)])),
  );
}

function readable(bytes: Buffer): { lines: string[]; size: number; sha256: string } {
  const text = bytes.toString('utf8');
  const lines = Buffer.from(text).equals(bytes) ? text.split('\n') : [];
  return { lines, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
