import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hashing } from '../report/hash-file.js';
import { BadStatementError } from './bad-statement.error.js';
import { keptName } from './statement-manifest.js';

/** A copy of a given file: what is compared is what the set keeps. */
export interface KeptFile {
  /** As it was given. */
  name: string;
  path: string;
  /** Lower-case hex. */
  sha256: string;
}

const WORK_FOLDER = 'payout-links-match-';
const DAY_MS = 86_400_000;

/** A folder of this match that no one else can read; removes what killed matches left a day ago. */
export async function makeWorkFolder(temporaryDir: string): Promise<string> {
  for (const name of await readdir(temporaryDir)) {
    const path = join(temporaryDir, name);
    if (name.startsWith(WORK_FOLDER) && (await isOursAndOld(path)))
      await rm(path, { recursive: true, force: true });
  }
  return mkdtemp(join(temporaryDir, WORK_FOLDER));
}

async function isOursAndOld(path: string): Promise<boolean> {
  const { uid, mtimeMs } = await lstat(path).catch(() => ({ uid: -1, mtimeMs: Infinity }));
  return uid === process.getuid?.() && Date.now() - mtimeMs > DAY_MS;
}

/** Copies the given files to a folder, named as in the set. @throws BadStatementError for one that cannot be read */
export async function keepFiles(files: readonly string[], folder: string): Promise<KeptFile[]> {
  const kept: KeptFile[] = [];
  for (const [index, file] of files.entries()) {
    const path = join(folder, keptName(index + 1));
    await requireFile(file);
    kept.push({ name: basename(file), path, sha256: await copy(file, path) });
  }
  return kept;
}

/** A device or a pipe could be read without end. */
async function requireFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new BadStatementError(
      `${file} cannot be read (${code === 'ENOENT' ? 'there is no such file' : code})`,
      { cause },
    );
  }
  throw new BadStatementError(`${file} is not a file`);
}

async function copy(file: string, to: string): Promise<string> {
  const { through, sha256 } = hashing();
  try {
    await pipeline(createReadStream(file), through, createWriteStream(to, { flags: 'wx' }));
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall !== 'open' || code !== 'EACCES') throw cause;
    throw new BadStatementError(`${file} cannot be read (this program may not)`, { cause });
  }
  return sha256();
}
