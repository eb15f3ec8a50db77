/** The provider's words for the state of a link. */
type PayoutStatus = 'PENDING' | 'REQUESTED' | 'SUCCEEDED' | 'FAILED' | 'EXPIRED' | 'VOIDED' | 'REVERSED';

/** The recipient's bank account. */
export interface Destination {
  bankCode: string;
  accountNumber: string;
  accountHolderName: string;
}

/** One payout link as the sandbox stores it; immutable. Times are epoch milliseconds. */
export interface Payout {
  readonly id: string;
  /** Label of the merchant account that it belongs to. */
  readonly account: string;
  readonly externalId: string;
  readonly idempotencyKey?: string;
  readonly amount: number;
  readonly email: string;
  readonly status: PayoutStatus;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** What the recipient has to enter to claim it. */
  readonly passcode: string;
  readonly wrongPasscodes: number;
  readonly destination?: Destination;
  readonly disbursementId?: string;
  readonly claimedAt?: number;
  readonly completedAt?: number;
  readonly failedAt?: number;
  readonly failureReason?: string;
}

/** Whether the link's amount is reserved from the merchant's balance. */
export function holdsBalance(payout: Payout): boolean {
  return payout.status === 'PENDING' || payout.status === 'REQUESTED' || payout.status === 'SUCCEEDED';
}
