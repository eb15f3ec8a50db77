/** A sealed report set that this database did not write is in the way: it is what was issued, and stays. */
export class ForeignReportSetError extends Error {
  readonly code = 'FOREIGN_REPORT_SET';
  readonly exitCode = 4;

  constructor(folder: string, date: string) {
    super(
      `The report set ${folder} is sealed, and this database does not know it: another one wrote it` +
        ' (a restored backup, or a folder from elsewhere). It was left as it is, and nothing was written.' +
        ` Move it away, or keep it beside the new set: run --date ${date} --supersede.`,
    );
    this.name = 'ForeignReportSetError';
  }
}
