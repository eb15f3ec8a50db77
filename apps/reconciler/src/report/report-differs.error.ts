/** Regenerated output differs: data or program version changed. */
export class ReportDiffersError extends Error {
  readonly code = 'REPORT_DIFFERS';
  readonly exitCode = 4;

  constructor(folder: string, files: readonly string[]) {
    super(
      `The report set ${folder} would not be the same again (${files.length === 0 ? 'manifest.json' : files.join(', ')}).` +
        ' The set that is there was left as it is. Another version of the program wrote it, or the database was' +
        ' changed by hand: compare `generator` in its manifest.json.',
    );
    this.name = 'ReportDiffersError';
  }
}
