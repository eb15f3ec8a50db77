/** The date was not reconciled, so there is nothing to report again: bad usage. */
export class NoSuchSlotError extends Error {
  readonly code = 'NO_SUCH_SLOT';
  readonly exitCode = 2;

  constructor(date: string) {
    super(`nothing has been reconciled for ${date}: run it first (reconcile run --date ${date})`);
    this.name = 'NoSuchSlotError';
  }
}
