import { EXPIRED_UNCLAIMED } from '../failures/catalogue.js';
import type { Discrepancy } from './discrepancy.js';
import type { Observation, ProviderLink } from './observation.js';
import { compareStatus, isOpen, type PayoutLinkStatus } from './payout-link.status.js';

/** The failure code of a create that an operator abandoned. */
export const ABANDONED = 'ABANDONED';

/** What the rules need to know of the stored link. */
export interface CurrentLink {
  status: PayoutLinkStatus;
  version: number;
  externalId: string;
  amount: bigint;
  providerId: string | null;
  failureCode: string | null;
  expiresAt: Date | null;
  claimedAt: Date | null;
  voidRequestedAt: Date | null;
}

/** The effect of an observation on a link. */
export type Decision =
  /** The status changes; if `from` equals `to`, only the reason of its failure does. */
  | { kind: 'move'; to: PayoutLinkStatus; failureCode: string | null; discrepancy?: Discrepancy }
  /** The status stays; details such as the address or the provider's word may be newer. */
  | { kind: 'same' }
  /** The status stays, and the discrepancy is recorded. */
  | { kind: 'discrepancy'; discrepancy: Discrepancy }
  /** Sent before the row last changed and not a step forward: read the link again. */
  | { kind: 'stale' }
  /** Not this writer's to decide: a lost lease, or a create that is already settled. */
  | { kind: 'ignored' };

/**
 * The status rules: a forward move always applies; anything else only if the row has not changed since the
 * observation's request was sent; nothing moves backward.
 * @param sentAtVersion the row's version when the request was sent
 * @param holdsLease whether the observer still holds the lease of a running create
 * @param now the database's clock
 */
export function decide(
  current: CurrentLink,
  seen: Observation,
  { sentAtVersion, holdsLease, now }: { sentAtVersion: number; holdsLease: boolean; now: Date },
): Decision {
  if (seen.kind === 'sent-again') {
    return current.status === 'REJECTED' && current.version === sentAtVersion
      ? { kind: 'move', to: 'CREATING', failureCode: null }
      : { kind: 'ignored' };
  }
  if (seen.kind === 'abandoned') {
    return current.status === 'UNCONFIRMED' && current.version === sentAtVersion
      ? { kind: 'move', to: 'REJECTED', failureCode: ABANDONED }
      : { kind: 'ignored' };
  }
  if (seen.kind !== 'link') {
    if (current.status !== 'CREATING' || !holdsLease) return { kind: 'ignored' };
    return seen.kind === 'refused'
      ? { kind: 'move', to: 'REJECTED', failureCode: seen.failureCode }
      : { kind: 'move', to: 'UNCONFIRMED', failureCode: null };
  }

  const otherLink = findOtherLink(current, seen.link);
  if (otherLink) return { kind: 'discrepancy', discrepancy: otherLink };

  const { status, failureCode } = interpret(current, seen.link, now);
  if (seen.adopted && current.status === 'REJECTED' && current.version === sentAtVersion) {
    return { kind: 'move', to: status, failureCode };
  }
  const changedSince = current.version !== sentAtVersion;
  const values = { localValue: current.status, providerValue: seen.link.providerStatus };
  if (current.status === 'REJECTED') {
    // It was recorded as never created: any status of the provider applies, and is a discrepancy.
    if (changedSince) return { kind: 'stale' };
    return { kind: 'move', to: status, failureCode, discrepancy: { type: 'FINAL_CHANGED', ...values } };
  }
  if (status === current.status) {
    const newReason = failureCode !== null && failureCode !== current.failureCode;
    if (!newReason) return { kind: 'same' };
    return changedSince ? { kind: 'stale' } : { kind: 'move', to: status, failureCode };
  }
  if (compareStatus(status, current.status) > 0) return { kind: 'move', to: status, failureCode };
  if (changedSince) return { kind: 'stale' };

  if (!isOpen(status)) {
    const type =
      current.status === 'SUCCEEDED' && status === 'REVERSED' ? 'REVERSED_AFTER_SUCCESS' : 'FINAL_CHANGED';
    return { kind: 'move', to: status, failureCode, discrepancy: { type, ...values } };
  }
  if (compareStatus(status, current.status) === 0) return { kind: 'move', to: status, failureCode };
  const type = status === 'UNKNOWN' ? 'UNKNOWN_STATUS' : 'STATUS_REGRESSION';
  return { kind: 'discrepancy', discrepancy: { type, ...values } };
}

/** A link's fields beside its state. */
type CurrentDetails = CurrentLink & {
  providerStatus: string | null;
  payoutUrl: string | null;
  disbursementId: string | null;
};

/**
 * @internal Whether a response only confirms the stored link, state and details: then only the time of the read is
 *   written.
 */
export function saysNothingNew(current: CurrentDetails, seen: ProviderLink): boolean {
  if (current.providerId === null || findOtherLink(current, seen) !== undefined) return false;
  const same = (mine: Date | string | null, theirs: Date | string | null) =>
    theirs === null || mine?.valueOf() === theirs.valueOf();
  return (
    seen.status === current.status &&
    seen.providerStatus === current.providerStatus &&
    same(current.failureCode, seen.failureCode) &&
    same(current.payoutUrl, seen.payoutUrl) &&
    same(current.expiresAt, seen.expiresAt) &&
    same(current.claimedAt, seen.claimedAt) &&
    same(current.disbursementId, seen.disbursementId)
  );
}

function findOtherLink(current: CurrentLink, seen: ProviderLink): Discrepancy | undefined {
  if (current.providerId !== null && seen.id !== current.providerId) {
    return { type: 'MISSING_AT_PROVIDER', localValue: current.providerId, providerValue: seen.id };
  }
  if (seen.externalId !== current.externalId) {
    return { type: 'MISSING_AT_PROVIDER', localValue: current.externalId, providerValue: seen.externalId };
  }
  if (seen.amount !== current.amount) {
    return { type: 'AMOUNT_MISMATCH', localValue: `${current.amount}`, providerValue: `${seen.amount}` };
  }
  return undefined;
}

/** @internal The status and reason of a link that is imported as the provider shows it. */
export function decideOnImport(seen: ProviderLink, now: Date) {
  const unknown = { status: 'PENDING', expiresAt: null, claimedAt: null, voidRequestedAt: null } as const;
  return interpret(unknown, seen, now);
}

/**
 * A link that was never claimed, is past its expiry, and reads as `VOIDED` without our void or as `FAILED` without
 * a code has expired: the provider's documentation uses all three words for it.
 */
function interpret(
  current: Pick<CurrentLink, 'status' | 'expiresAt' | 'claimedAt' | 'voidRequestedAt'>,
  seen: ProviderLink,
  now: Date,
): { status: PayoutLinkStatus; failureCode: string | null } {
  const expiresAt = seen.expiresAt ?? current.expiresAt;
  const neverClaimed =
    seen.claimedAt === null &&
    current.claimedAt === null &&
    (['EXPIRED', 'REJECTED'].includes(current.status) || compareStatus(current.status, 'REQUESTED') < 0);
  const canHaveExpired = neverClaimed && expiresAt !== null && expiresAt <= now;
  const saysExpired =
    seen.status === 'EXPIRED' ||
    (canHaveExpired &&
      ((seen.status === 'VOIDED' && current.voidRequestedAt === null) ||
        (seen.status === 'FAILED' && seen.failureCode === null)));
  if (saysExpired) return { status: 'EXPIRED', failureCode: EXPIRED_UNCLAIMED };
  return { status: seen.status, failureCode: seen.failureCode };
}
