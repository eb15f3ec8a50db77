/** The date was not reconciled, so there is nothing to report again: bad usage. */
export class NoSuchSlotError extends Error {
  readonly code = 'NO_SUCH_SLOT';
  readonly exitCode = 2;

  /** @param problem why the date cannot be run either; null when it can */
  constructor(date: string, problem: string | null = null) {
    super(
      `nothing has been reconciled for ${date}: ${problem ?? `run it first (reconcile run --date ${date})`}`,
    );
    this.name = 'NoSuchSlotError';
  }
}
