/** This program has lost its place: what it has not written, another one writes. */
export class RunTakenOverError extends Error {
  readonly code = 'RUN_TAKEN_OVER';

  constructor(account: string, options?: ErrorOptions) {
    super(
      `The run of the account "${account}" is not this program's any more: its connection to the database was lost,` +
        ' or another program went on with it. Run again: it goes on where it is, or gives the result.',
      options,
    );
    this.name = 'RunTakenOverError';
  }
}
