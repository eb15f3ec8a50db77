/** This program lost the run: another one writes what is left. */
export class RunTakenOverError extends Error {
  readonly code = 'RUN_TAKEN_OVER';

  constructor(account: string, options?: ErrorOptions) {
    super(
      `The run of the account "${account}" no longer belongs to this program: its connection to the database was lost,` +
        ' or another program continued it. Run again: it continues, or returns the result.',
      options,
    );
    this.name = 'RunTakenOverError';
  }
}
