/** The states of a payout link, in the words that columns, reports and handlers use. */
export const PayoutLinkStatus = {
  /** The intent is stored; the request has not been answered. */
  CREATING: 'CREATING',
  /** Nobody knows whether the provider created it. */
  UNCONFIRMED: 'UNCONFIRMED',
  /** Not created, and known not to be. */
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
  /** The provider used a word that we do not know. */
  UNKNOWN: 'UNKNOWN',
} as const;
export type PayoutLinkStatus = (typeof PayoutLinkStatus)[keyof typeof PayoutLinkStatus];

/** States that can still move; the reconciler reads every link in one of them. */
export const OPEN_STATUSES: readonly PayoutLinkStatus[] = [
  'CREATING',
  'UNCONFIRMED',
  'PENDING',
  'REQUESTED',
  'UNKNOWN',
];

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

/** Negative when `a` comes before `b` on a link's way, zero when neither does. */
export function compareStatus(a: PayoutLinkStatus, b: PayoutLinkStatus): number {
  return ORDER[a] - ORDER[b];
}

/** The provider's pages disagree on the words: every one that has been seen or documented. */
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

/** Our word for the provider's; `UNKNOWN` for one that is new. */
export function statusOfProviderWord(word: string): PayoutLinkStatus {
  return PROVIDER_WORDS.get(word.trim().toUpperCase()) ?? 'UNKNOWN';
}
