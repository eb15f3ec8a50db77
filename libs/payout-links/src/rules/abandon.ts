import type { PayoutLinkStatus } from './payout-link.status.js';

/** The provider's links expire three days after they are created; a day more leaves room for clocks and retries. */
const PROVIDER_LINK_IS_GONE_AFTER_MS = 4 * 24 * 3_600_000;

/**
 * Why an unconfirmed create may not be ended, or null when it may.
 * @param now the database's clock
 */
export function refusalOfAbandon(
  { status, createdAt }: { status: PayoutLinkStatus; createdAt: Date },
  now: Date,
  force: boolean,
): string | null {
  if (status !== 'UNCONFIRMED') {
    return `only an UNCONFIRMED payout link can be abandoned; this one is ${status}`;
  }
  const allowedFrom = new Date(createdAt.getTime() + PROVIDER_LINK_IS_GONE_AFTER_MS);
  if (force || now >= allowedFrom) return null;
  return (
    `the provider may have created it, and its link could still be claimed until ${allowedFrom.toISOString()}:` +
    ' look for it at the provider and adopt it, wait until then, or use force if it is certain that it does not exist'
  );
}
