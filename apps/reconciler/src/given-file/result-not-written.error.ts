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

/** The results can no longer be written, so no more was done. */
export class ResultsIncompleteError extends Error {
  readonly code = 'RESULTS_INCOMPLETE';

  constructor(resultFile: string, done: number, { cause }: { cause: unknown }) {
    super(
      `The results can no longer be written to ${resultFile} (${cause instanceof Error ? cause.message : String(cause)}).` +
        ` ${done} rows were done, and are stored; no more was begun. Make room, then give the same file again.`,
      { cause },
    );
    this.name = 'ResultsIncompleteError';
  }
}
