import { readFile, stat } from 'node:fs/promises';

/** A given file cannot be read: bad usage. */
class UnreadableFileError extends Error {
  readonly code = 'UNREADABLE_FILE';
  readonly exitCode = 2;

  constructor(file: string, what: string, { cause }: { cause: unknown }) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code ?? message;
    super(`${file} cannot be read (${why}): give ${what}`, { cause });
    this.name = 'UnreadableFileError';
  }
}

/** Larger than any list of payouts that a spreadsheet can open. */
const MAX_BYTES = 200_000_000;

/** @throws UnreadableFileError also for what is not a regular file, such as a pipe, which could block the program */
export async function readGivenFile(file: string, what: string): Promise<Buffer> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error('it is not a file');
    if (found.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    return await readFile(file);
  } catch (cause) {
    throw new UnreadableFileError(file, what, { cause });
  }
}
