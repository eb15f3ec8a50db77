import { readFile } from 'node:fs/promises';

/** A given file cannot be read: bad usage. */
class UnreadableFileError extends Error {
  readonly code = 'UNREADABLE_FILE';
  readonly exitCode = 2;

  constructor(file: string, what: string, { cause }: { cause: unknown }) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    super(`${file} cannot be read (${why}): give ${what}`, { cause });
    this.name = 'UnreadableFileError';
  }
}

/** @throws UnreadableFileError */
export async function readGivenFile(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UnreadableFileError(file, what, { cause });
  }
}
