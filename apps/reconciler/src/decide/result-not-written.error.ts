/** The results could not be told, so nothing was done. */
export class ResultNotWrittenError extends Error {
  readonly code = 'RESULT_NOT_WRITTEN';

  constructor(folder: string, { cause }: { cause: unknown }) {
    super(
      `The results cannot be written to ${folder} (${cause instanceof Error ? cause.message : String(cause)}).` +
        ' Nothing was done: copy the file, and the manifest.json beside it, to a folder that can be written.',
      { cause },
    );
    this.name = 'ResultNotWrittenError';
  }
}
