/** A date that cannot be reconciled: bad usage. */
export class BadDateError extends Error {
  readonly code = 'BAD_DATE';
  readonly exitCode = 2;

  constructor(message: string) {
    super(message);
    this.name = 'BadDateError';
  }
}
