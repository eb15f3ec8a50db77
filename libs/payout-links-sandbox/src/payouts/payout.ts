import { FEE, VAT } from '../statements/fees.js';

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
  readonly reversedAt?: number;
  readonly failureReason?: string;
}

/** What the link takes from the merchant's balance, in rupiah: its amount until it fails, and the fees of a success. */
export function takenFromBalance({ status, amount }: Payout): number {
  if (status === 'SUCCEEDED') return amount + FEE + VAT;
  if (status === 'REVERSED') return FEE + VAT;
  return status === 'PENDING' || status === 'REQUESTED' ? amount : 0;
}
