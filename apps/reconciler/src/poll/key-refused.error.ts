/** The provider refused the account's key: nothing can be read, so nothing is written. */
export class KeyRefusedError extends Error {
  readonly code = 'KEY_REFUSED';

  constructor(account: string, httpStatus: number) {
    super(
      `The provider refused the key of the account "${account}" (HTTP ${httpStatus}).` +
        ' Nothing was written; fix the key or its permission and run again: it continues where it was.',
    );
    this.name = 'KeyRefusedError';
  }
}
