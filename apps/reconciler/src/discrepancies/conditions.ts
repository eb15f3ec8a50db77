import type { PayoutLinkStatus } from 'nestjs-payout-links';
import type { DiscrepancyType } from './discrepancy-types.js';

const HOUR_MS = 3_600_000;
const PENDING_GRACE_MS = HOUR_MS;
const REQUESTED_GRACE_MS = 24 * HOUR_MS;

/** An open link at a slot's end. */
export interface OpenLink {
  status: PayoutLinkStatus;
  providerStatus: string | null;
  expiresAt: Date | null;
  /** When its current status took effect, and when we recorded that. */
  statusAt: Date;
  recordedAt: Date;
}

/** A discrepancy that holds at a slot's end. */
export interface Condition {
  type: DiscrepancyType;
  localValue: string;
  providerValue: string;
  /** Since when it holds. */
  firstSeenAt: Date;
}

/** The discrepancy in an open link's own state at a time; null without one. */
export function conditionOf(link: OpenLink, at: Date): Condition | null {
  const { status, providerStatus, expiresAt, statusAt, recordedAt } = link;
  const values = { localValue: status, providerValue: providerStatus ?? '' };
  if (status === 'UNCONFIRMED') return { type: 'UNCONFIRMED_CREATE', ...values, firstSeenAt: recordedAt };
  if (status === 'UNKNOWN') return { type: 'UNKNOWN_STATUS', ...values, firstSeenAt: recordedAt };
  const dueAt =
    status === 'PENDING' && expiresAt !== null
      ? expiresAt.getTime() + PENDING_GRACE_MS
      : status === 'REQUESTED'
        ? statusAt.getTime() + REQUESTED_GRACE_MS
        : Infinity;
  if (at.getTime() <= dueAt) return null;
  return { type: 'OVERDUE_PENDING', ...values, firstSeenAt: new Date(dueAt) };
}
