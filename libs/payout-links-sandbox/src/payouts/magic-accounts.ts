/** The bank's response to an account number. */
export type AccountOutcome =
  { kind: 'succeeded' } | { kind: 'failed'; code: string } | { kind: 'stuck' } | { kind: 'reversed' };

const MAGIC_ACCOUNTS: Readonly<Record<string, AccountOutcome>> = {
  '111111': { kind: 'failed', code: 'DESTINATION_MAXIMUM_LIMIT' },
  '121212': { kind: 'failed', code: 'INVALID_DESTINATION' },
  '123456': { kind: 'failed', code: 'TEMPORARY_TRANSFER_ERROR' },
  '131313': { kind: 'stuck' },
  '222222': { kind: 'failed', code: 'TRANSFER_ERROR' },
  // An undocumented code: the specification says that more may be added.
  '333333': { kind: 'failed', code: 'DESTINATION_UNDER_REVIEW' },
  '444444': { kind: 'failed', code: 'INSUFFICIENT_BALANCE' },
  '654321': { kind: 'reversed' },
  '999999': { kind: 'failed', code: 'REJECTED_BY_CHANNEL' },
};

/** The outcome for an account number; any number without a special meaning succeeds. */
export function outcomeOf(accountNumber: string): AccountOutcome {
  return MAGIC_ACCOUNTS[accountNumber] ?? { kind: 'succeeded' };
}
