import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/** Every file of a report set, whatever its name. */
export type ReportFiles = ReadonlyMap<string, Buffer>;

export async function filesOf(folder: string): Promise<ReportFiles> {
  const files = new Map<string, Buffer>();
  for (const name of (await readdir(folder)).toSorted()) files.set(name, await readFile(join(folder, name)));
  return files;
}

/** Byte for byte; where they differ, text is shown line by line, anything else by its size and hash. */
export function expectSameFiles(written: ReportFiles, expected: ReportFiles): void {
  expect([...written.keys()]).toEqual([...expected.keys()]);
  for (const [name, bytes] of written) {
    if (!bytes.equals(expected.get(name)!))
      expect(readable(name, bytes)).toEqual(readable(name, expected.get(name)!));
  }
}

function readable(name: string, bytes: Buffer): Record<string, unknown> {
  const text = bytes.toString('utf8');
  const lines = Buffer.from(text).equals(bytes) ? text.split('\n') : [];
  return { [name]: { lines, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } };
}
