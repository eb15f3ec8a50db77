/** A statement that cannot be used: bad usage. Nothing was written. */
export class BadStatementError extends Error {
  readonly code = 'BAD_STATEMENT';
  readonly exitCode = 2;

  constructor(message: string, options?: ErrorOptions) {
    super(`${message}. Nothing was written.`, options);
    this.name = 'BadStatementError';
  }
}
