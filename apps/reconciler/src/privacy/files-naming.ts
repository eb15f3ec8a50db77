import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { streamRegular } from 'app-runtime';

/** The CSV files below a folder that contain an e-mail address, in any case; a file that cannot be read is named too. */
export async function filesNaming(folder: string, email: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.name.endsWith('.csv') && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const naming: string[] = [];
  for (const file of files) if (await names(file, email.toLowerCase())) naming.push(file);
  return naming;
}

async function names(file: string, email: string): Promise<boolean> {
  try {
    let before = '';
    // Each byte as a character: addresses are ASCII, and a piece may end within any other character.
    for await (const piece of await streamRegular(file)) {
      const text = before + (piece as Buffer).toString('latin1').toLowerCase();
      if (text.includes(Buffer.from(email).toString('latin1'))) return true;
      before = text.slice(-Buffer.byteLength(email));
    }
    return false;
  } catch {
    return true;
  }
}
