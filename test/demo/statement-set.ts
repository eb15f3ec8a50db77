import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a statement set as `match` does, with the provider's file in it. */
export async function writeStatementSet(folder: string, findings: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const summary = [
    'account,currency,line,count,amount',
    'default,IDR,books,2,100000',
    `default,IDR,only_in_books,${findings},-${findings * 50_000}`,
    'default,IDR,difference,0,0',
  ].join('\r\n');
  await writeFile(join(folder, 'summary.csv'), `\uFEFF${summary}\r\n`);
  await writeFile(join(folder, 'match.html'), '<!doctype html><script>alert(1)</script>');
  await writeFile(join(folder, 'statement-1.csv'), 'of the provider');
  const file = { rows: 3, sums: {}, sha256: 'a'.repeat(64) };
  const files = { 'summary.csv': file, 'match.html': { ...file, rows: 0 }, 'statement-1.csv': file };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ files }));
}
