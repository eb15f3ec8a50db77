/** An account that is not in the configuration: bad usage. */
export class UnknownAccountError extends Error {
  readonly code = 'UNKNOWN_ACCOUNT';
  readonly exitCode = 2;

  constructor(account: string, accounts: readonly string[]) {
    super(`There is no account "${account}" in the configuration, only ${accounts.join(', ')}`);
    this.name = 'UnknownAccountError';
  }
}

/** @throws UnknownAccountError */
export function requireAccount(account: string, accounts: readonly string[]): void {
  if (!accounts.includes(account)) throw new UnknownAccountError(account, accounts);
}
