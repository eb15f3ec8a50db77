import type { PayoutLinkStatus } from './payout-link.status.js';

/** The provider's links expire three days after they are created; a fourth day allows for clocks and retries. */
const PROVIDER_LINK_IS_GONE_AFTER_MS = 4 * 24 * 3_600_000;

/** What the decision depends on. */
interface UnconfirmedCreate {
  status: PayoutLinkStatus;
  createdAt: Date;
  /**
   * When it became `UNCONFIRMED`: a link that was rejected first may have been sent again long after it was
   * created.
   */
  statusAt: Date;
  lastSentAt: Date | null;
}

/**
 * Why an unconfirmed create may not be abandoned; null when it may: it must have been last sent more than four
 * days ago.
 * @param now the database's clock
 */
export function refusalOfAbandon(
  { status, createdAt, statusAt, lastSentAt }: UnconfirmedCreate,
  now: Date,
  force: boolean,
): string | null {
  if (status !== 'UNCONFIRMED') {
    return `only an UNCONFIRMED payout link can be abandoned; this one is ${status}`;
  }
  const sentAt = Math.max(createdAt.getTime(), statusAt.getTime(), lastSentAt?.getTime() ?? 0);
  const allowedFrom = new Date(sentAt + PROVIDER_LINK_IS_GONE_AFTER_MS);
  if (force || now >= allowedFrom) return null;
  return (
    `the provider may have created it, and its link could still be claimed until ${allowedFrom.toISOString()}:` +
    ' look for it at the provider and adopt it, wait until then, or use force if it is certain that it does not exist'
  );
}
