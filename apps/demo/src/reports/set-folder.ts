import { constants, type Stats } from 'node:fs';
import { open, readdir, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { MANIFEST, REPORT_FILES, STATEMENT_SET_FILES } from 'app-runtime';

/** Longer ones are no manifest of ours. */
const MANIFEST_BYTES = 20_000_000;

const ACCOUNT = /^[\w-]{1,64}$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const PERIOD = /^\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d$/;

/** A file of a set, as its manifest has it. */
export interface SetFile {
  name: string;
  rows: number;
  sha256: string;
}

/** An open file and its state. */
export interface OpenFile {
  handle: FileHandle;
  stats: Stats;
}

/** The folder of a set below `REPORTS_DIR`, by names that are checked; undefined for any other name. */
export class SetFolder {
  private constructor(
    private readonly reportsDir: string,
    private readonly path: readonly string[],
    private readonly names: readonly string[],
  ) {}

  static ofSlot(reportsDir: string, account: string, date: string): SetFolder | undefined {
    if (!ACCOUNT.test(account) || !DATE.test(date)) return undefined;
    return new SetFolder(reportsDir, [account, date], REPORT_FILES);
  }

  static ofStatement(reportsDir: string, account: string, period: string): SetFolder | undefined {
    if (!ACCOUNT.test(account) || !PERIOD.test(period)) return undefined;
    return new SetFolder(reportsDir, [account, 'statements', period], STATEMENT_SET_FILES);
  }

  /** The files that the manifest names; null without a folder or a readable manifest. */
  async files(): Promise<SetFile[] | null> {
    const manifest = await this.manifest();
    if (!manifest) return null;
    return this.names.flatMap((name) => {
      const { rows, sha256 } = (manifest.files[name] ?? {}) as Partial<SetFile>;
      return typeof rows === 'number' && typeof sha256 === 'string' ? [{ name, rows, sha256 }] : [];
    });
  }

  /** A file that the manifest names, or the manifest itself; null for anything else. The caller closes it. */
  async open(name: string): Promise<OpenFile | null> {
    const files = await this.files();
    if (!files) return null;
    return name === MANIFEST || files.some((file) => file.name === name) ? this.openRegular(name) : null;
  }

  private async manifest(): Promise<{ files: Record<string, unknown> } | null> {
    const file = await this.openRegular(MANIFEST);
    if (!file) return null;
    try {
      if (file.stats.size > MANIFEST_BYTES) return null;
      const value = JSON.parse(await file.handle.readFile('utf8')) as { files?: unknown } | null;
      const files = value?.files;
      return typeof files === 'object' && files !== null ? { files: files as Record<string, unknown> } : null;
    } catch {
      return null;
    } finally {
      await file.handle.close();
    }
  }

  /** Follows no link out of `REPORTS_DIR`, none to a file, and opens no device. */
  private async openRegular(name: string): Promise<OpenFile | null> {
    try {
      const root = await realpath(this.reportsDir);
      const folder = await realpath(join(root, ...this.path));
      if (!folder.startsWith(root + sep)) return null;
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
      const handle = await open(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const stats = await handle.stat();
      if (stats.isFile()) return { handle, stats };
      await handle.close();
      return null;
    } catch {
      return null;
    }
  }
}

/** The periods of an account's statement sets, the latest first. */
export async function statementPeriods(reportsDir: string, account: string): Promise<string[]> {
  const names = await readdir(join(reportsDir, account, 'statements')).catch(() => []);
  return names.filter((name) => PERIOD.test(name)).toSorted((one, other) => (one < other ? 1 : -1));
}
