/** The file of decisions is unreadable: bad usage. */
export class NoSuchFileError extends Error {
  readonly code = 'NO_SUCH_FILE';
  readonly exitCode = 2;

  constructor(file: string, options?: ErrorOptions) {
    super(`${file} cannot be read: give the failures.csv or report.xlsx that was filled in`, options);
    this.name = 'NoSuchFileError';
  }
}
