/** The provider's report could not be had; nothing was written. */
export class StatementNotFetchedError extends Error {
  readonly code = 'STATEMENT_NOT_FETCHED';

  constructor(message: string, options?: ErrorOptions) {
    super(
      `${message}. Nothing was written; run match again, or export the report in the dashboard.`,
      options,
    );
    this.name = 'StatementNotFetchedError';
  }
}
