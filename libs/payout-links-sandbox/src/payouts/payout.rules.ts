import { outcomeOf } from './magic-accounts.js';
import type { Destination, Payout } from './payout.js';

const DAY_MS = 24 * 60 * 60_000;

/** The balance of every account before its first payout, in rupiah. */
export const OPENING_BALANCE = 10_000_000_000;

/** How long a link can be claimed. */
const CLAIMABLE_FOR_MS = 3 * DAY_MS;

/** How long a claimed link stays REQUESTED. */
export const CLAIM_TAKES_MS = 200;

/** When the money of a reversed payout comes back, after success. */
export const REVERSED_AFTER_MS = 2 * 60_000;

/** Wrong passcodes until the link is locked. */
export const WRONG_PASSCODES = 3;

/** The values of a new link. */
export interface NewPayout {
  id: string;
  account: string;
  externalId: string;
  idempotencyKey?: string;
  amount: number;
  email: string;
  passcode: string;
}

/** A link as it is created. */
export function open(given: NewPayout, at: number): Payout {
  return { ...given, status: 'PENDING', createdAt: at, expiresAt: at + CLAIMABLE_FOR_MS, wrongPasscodes: 0 };
}

/** The link after its recipient has entered an account; only for PENDING links. */
export function claim(payout: Payout, destination: Destination, disbursementId: string, at: number): Payout {
  return { ...payout, status: 'REQUESTED', destination, disbursementId, claimedAt: at };
}

/** The link after the bank's response, which depends on the account number; unchanged when there is none. */
export function settle(payout: Payout, at: number): Payout {
  if (payout.status !== 'REQUESTED' || !payout.destination) return payout;
  const outcome = outcomeOf(payout.destination.accountNumber);
  if (outcome.kind === 'stuck') return payout;
  return outcome.kind === 'failed' ? fail(payout, outcome.code, at) : succeed(payout, at);
}

/** Whether the money of this link will come back. */
export function willBeReversed(payout: Payout): boolean {
  return (
    payout.status === 'SUCCEEDED' && outcomeOf(payout.destination?.accountNumber ?? '').kind === 'reversed'
  );
}

/** The link after its money has come back. */
export function reverse(payout: Payout, at: number): Payout {
  return payout.status === 'SUCCEEDED' ? { ...payout, status: 'REVERSED', reversedAt: at } : payout;
}

/** The link after its expiry, unless it was claimed. */
export function expire(payout: Payout): Payout {
  return payout.status === 'PENDING' ? { ...payout, status: 'EXPIRED' } : payout;
}

/** The link after the merchant voided it; undefined when it is too late. */
export function cancel(payout: Payout): Payout | undefined {
  return payout.status === 'PENDING' ? { ...payout, status: 'VOIDED' } : undefined;
}

/** The link after a wrong passcode; the third one locks it. */
export function missPasscode(payout: Payout, at: number): Payout {
  const missed = { ...payout, wrongPasscodes: payout.wrongPasscodes + 1 };
  return missed.wrongPasscodes < WRONG_PASSCODES ? missed : fail(missed, 'RECIPIENT_LOCKED_OUT', at);
}

function succeed(payout: Payout, at: number): Payout {
  return { ...payout, status: 'SUCCEEDED', completedAt: at };
}

function fail(payout: Payout, code: string, at: number): Payout {
  return { ...payout, status: 'FAILED', failedAt: at, failureReason: code };
}
