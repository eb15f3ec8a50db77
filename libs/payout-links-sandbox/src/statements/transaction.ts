import type { Payout } from '../payouts/payout.js';
import { FEE, VAT } from './fees.js';

/** The provider's words for the state of a transaction. See https://docs.xendit.co/docs/transaction-status */
export const TRANSACTION_STATUSES = ['PENDING', 'SUCCESS', 'FAILED', 'VOIDED', 'REVERSED'] as const;

/** One of those words. */
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** Money that leaves a balance. Times are epoch milliseconds. */
export interface Transaction {
  readonly id: string;
  readonly account: string;
  readonly productId: string;
  /** The merchant's external id. */
  readonly referenceId: string;
  readonly amount: number;
  /** When it was debited. */
  readonly createdAt: number;
  /** When it reached the bank: since then its fee is due. */
  readonly paidAt?: number;
  /** When it was credited back. */
  readonly returnedAt?: number;
  /** Cancelled before it was debited. */
  readonly isVoided?: boolean;
  readonly bankCode: string;
  readonly accountNumber: string;
  readonly accountHolderName: string;
  readonly failureReason?: string;
}

/** A claimed link's transfer; undefined for a link that was never claimed. */
export function transactionOf(payout: Payout): Transaction | undefined {
  const { destination, disbursementId, claimedAt } = payout;
  if (claimedAt === undefined || disbursementId === undefined || destination === undefined) return undefined;
  // A state file of an earlier version has no time of the reversal.
  const reversedAt = payout.reversedAt ?? (payout.status === 'REVERSED' ? payout.completedAt : undefined);
  const returnedAt = payout.failedAt ?? reversedAt;
  return {
    id: `txn_${disbursementId}`,
    account: payout.account,
    productId: disbursementId,
    referenceId: payout.externalId,
    amount: payout.amount,
    createdAt: claimedAt,
    ...(payout.completedAt !== undefined && { paidAt: payout.completedAt }),
    ...(returnedAt !== undefined && { returnedAt }),
    bankCode: destination.bankCode,
    accountNumber: destination.accountNumber,
    accountHolderName: destination.accountHolderName,
    ...(payout.failureReason !== undefined && { failureReason: payout.failureReason }),
  };
}

/** The transaction as it was at a time; undefined before it was created. */
export function asOf(transaction: Transaction, at: number): Transaction | undefined {
  if (transaction.createdAt > at) return undefined;
  const { paidAt, returnedAt, failureReason, ...always } = transaction;
  const isReturned = returnedAt !== undefined && returnedAt <= at;
  return {
    ...always,
    ...(paidAt !== undefined && paidAt <= at && { paidAt }),
    ...(isReturned && { returnedAt, ...(failureReason !== undefined && { failureReason }) }),
  };
}

export function statusOf({ isVoided, paidAt, returnedAt }: Transaction): TransactionStatus {
  if (isVoided) return 'VOIDED';
  if (returnedAt !== undefined) return paidAt === undefined ? 'FAILED' : 'REVERSED';
  return paidAt === undefined ? 'PENDING' : 'SUCCESS';
}

/** `SETTLED` once it was paid, null where it came to nothing. */
export function settlementOf(transaction: Transaction): 'PENDING' | 'SETTLED' | null {
  if (transaction.paidAt !== undefined) return 'SETTLED';
  return statusOf(transaction) === 'PENDING' ? 'PENDING' : null;
}

/** What it costs besides its amount, in rupiah. */
export function feesOf({ paidAt }: Transaction): { fee: number; vat: number } {
  return paidAt === undefined ? { fee: 0, vat: 0 } : { fee: FEE, vat: VAT };
}

export function updatedAt({ createdAt, paidAt, returnedAt }: Transaction): number {
  return returnedAt ?? paidAt ?? createdAt;
}

/** What it takes from the balance, fees included, in rupiah. */
export function debitOf(transaction: Transaction): number {
  const { fee, vat } = feesOf(transaction);
  const isGone = transaction.isVoided || transaction.returnedAt !== undefined;
  return (isGone ? 0 : transaction.amount) + fee + vat;
}
