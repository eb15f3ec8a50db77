/** The results could not be written, so nothing was done. */
export class ResultNotWrittenError extends Error {
  readonly code = 'RESULT_NOT_WRITTEN';

  constructor(folder: string, { cause }: { cause: unknown }) {
    super(
      `The results cannot be written to ${folder} (${cause instanceof Error ? cause.message : String(cause)}).` +
        ' Nothing was done: copy the file to a writable folder (and the manifest.json of its folder, if it belongs to a report set).',
      { cause },
    );
    this.name = 'ResultNotWrittenError';
  }
}
