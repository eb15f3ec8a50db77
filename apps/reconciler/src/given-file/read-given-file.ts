import { readRegular } from 'app-runtime';

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

/** More than a spreadsheet's million rows of payouts; in memory, the rows take several times as much. */
const MAX_BYTES = 64_000_000;

/** @throws UnreadableFileError also for what is not a regular file, such as a pipe, which could block the program */
export async function readGivenFile(file: string, what: string): Promise<Buffer> {
  try {
    return await readRegular(file, MAX_BYTES);
  } catch (cause) {
    throw new UnreadableFileError(file, what, { cause });
  }
}
