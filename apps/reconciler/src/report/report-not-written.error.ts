/** What an operator can do, by the operating system's error code. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free space'],
  EDQUOT: ['the disk quota is used up', 'Free space'],
  EFBIG: ['a file became larger than this program may write', 'Raise the limit (ulimit -f)'],
  EROFS: ['the disk can only be read', 'Have it mounted for writing'],
  EACCES: ['this program may not write there', 'Give it the permission'],
  EPERM: ['this program may not write there', 'Give it the permission'],
  EEXIST: ['a part of the path is not a folder', 'Fix REPORTS_DIR'],
  ENOTDIR: ['a part of the path is not a folder', 'Fix REPORTS_DIR'],
  ENOENT: ['no folder can be made there', 'Fix REPORTS_DIR'],
  EIO: ['the disk gave an error', 'Check the disk'],
};

/** A report set could not be written to disk; nothing of it is left there. */
export class ReportNotWrittenError extends Error {
  readonly code = 'REPORT_NOT_WRITTEN';

  private constructor(
    folder: string,
    [reason, remedy]: readonly [string, string],
    { kept, cause }: { kept: boolean; cause: Error },
  ) {
    super(
      `The report set ${folder} was not written: ${reason} (${cause.message}). ` +
        `${kept ? 'The set that was there is as it was' : 'There was none before'}. ` +
        `${remedy}, then run again.`,
      { cause },
    );
    this.name = 'ReportNotWrittenError';
  }

  /**
   * The error for an operator; an error that is not about the disk is returned unchanged.
   * @param kept whether an earlier set is still there
   */
  static of(error: unknown, folder: string, kept: boolean): unknown {
    const { code, syscall } = error as { code?: unknown; syscall?: unknown };
    // A missing file is a fault of this program, a folder that cannot be made is not.
    const isAboutDisk = code !== 'ENOENT' || syscall === 'mkdir';
    const words =
      isAboutDisk && typeof code === 'string' && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
    return words ? new ReportNotWrittenError(folder, words, { kept, cause: error as Error }) : error;
  }
}
