/** A period or an account that cannot be matched: bad usage. */
export class BadPeriodError extends Error {
  readonly code = 'BAD_PERIOD';
  readonly exitCode = 2;

  constructor(message: string) {
    super(message);
    this.name = 'BadPeriodError';
  }
}
