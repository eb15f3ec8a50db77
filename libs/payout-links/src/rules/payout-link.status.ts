/** The statuses of a payout link, as used in columns, reports and handlers. */
export const PayoutLinkStatus = {
  /** The intent is stored; the request has no response yet. */
  CREATING: 'CREATING',
  /** Unknown whether the provider created it. */
  UNCONFIRMED: 'UNCONFIRMED',
  /** Known not to have been created. */
  REJECTED: 'REJECTED',
  /** Waiting for the recipient. */
  PENDING: 'PENDING',
  /** Claimed; the money is on its way. */
  REQUESTED: 'REQUESTED',
  /** Paid; still watched for a reversal. */
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  EXPIRED: 'EXPIRED',
  VOIDED: 'VOIDED',
  /** Paid, and the money came back. */
  REVERSED: 'REVERSED',
  /** The provider used an unknown status word. */
  UNKNOWN: 'UNKNOWN',
} as const;
export type PayoutLinkStatus = (typeof PayoutLinkStatus)[keyof typeof PayoutLinkStatus];

/** Statuses that can still change; the reconciler polls every link in one of them. */
export const OPEN_STATUSES: readonly PayoutLinkStatus[] = [
  'CREATING',
  'UNCONFIRMED',
  'PENDING',
  'REQUESTED',
  'UNKNOWN',
];

/** Final statuses in which the recipient was not paid, except `VOIDED`. */
export const FAILED_STATUSES = ['FAILED', 'EXPIRED', 'REJECTED', 'REVERSED'] as const;

/** One of `FAILED_STATUSES`. */
export type FailedStatus = (typeof FAILED_STATUSES)[number];

/** Whether the recipient was not paid, for a reason other than a void. */
export function isFailed(status: PayoutLinkStatus): status is FailedStatus {
  return (FAILED_STATUSES as readonly PayoutLinkStatus[]).includes(status);
}

/** False for `SUCCEEDED`, `FAILED`, `EXPIRED`, `VOIDED`, `REVERSED` and `REJECTED`. */
export function isOpen(status: PayoutLinkStatus): boolean {
  return OPEN_STATUSES.includes(status);
}

const ORDER: Record<PayoutLinkStatus, number> = {
  CREATING: 0,
  UNCONFIRMED: 1,
  PENDING: 2,
  UNKNOWN: 2,
  REQUESTED: 3,
  SUCCEEDED: 4,
  FAILED: 4,
  EXPIRED: 4,
  VOIDED: 4,
  REVERSED: 4,
  REJECTED: 4,
};

/** Negative when `a` comes before `b`, zero when neither comes first. */
export function compareStatus(a: PayoutLinkStatus, b: PayoutLinkStatus): number {
  return ORDER[a] - ORDER[b];
}

/** The provider's documentation uses several words for a status: all that were seen or are documented. */
const PROVIDER_WORDS: ReadonlyMap<string, PayoutLinkStatus> = new Map(
  Object.entries({
    PENDING: 'PENDING ACTIVE ISSUED',
    REQUESTED: 'REQUESTED CLAIMED ACCEPTED DISBURSING',
    SUCCEEDED: 'SUCCEEDED COMPLETED',
    FAILED: 'FAILED LOCKED',
    EXPIRED: 'EXPIRED',
    VOIDED: 'VOIDED VOID CANCELED CANCELLED',
    REVERSED: 'REVERSED',
  }).flatMap(([status, words]) =>
    words.split(' ').map((word) => [word, status as PayoutLinkStatus] as const),
  ),
);

/** Our status for the provider's word; `UNKNOWN` for a new one. */
export function statusOfProviderWord(word: string): PayoutLinkStatus {
  return PROVIDER_WORDS.get(word.trim().toUpperCase()) ?? 'UNKNOWN';
}
