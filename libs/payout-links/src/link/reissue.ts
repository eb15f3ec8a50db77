import type { FailureAdvice } from '../failures/advice.js';
import { FAILED_STATUSES, isFailed, isOpen } from '../rules/payout-link.status.js';
import { isDuplicateCode } from '../xendit/response.errors.js';
import type { PayoutLink } from './payout-link.entity.js';

/** A read older than this does not prove that a link is dead. Milliseconds. */
export const FRESH_READ_MS = 60_000;

/** What the guards need to know. */
export interface ReissueCase {
  link: Pick<PayoutLink, 'status' | 'failureCode' | 'importedStatus' | 'redactedAt'>;
  /** A new address is given. */
  hasEmail?: boolean;
  advice: Pick<FailureAdvice, 'retry' | 'notBefore' | 'text'>;
  /** External id of the last link of the chain, if that is another one. */
  replacedBy: string | null;
  /** External id of a link of the chain that succeeded after all. */
  paidBy: string | null;
  /** An operator wrote the failure off. */
  writtenOff: boolean;
  force: boolean;
  now: Date;
}

/**
 * Why a link may not be sent again; null when it may. These guards prevent a second payout. `force` skips the
 * advice and a write-off, nothing else.
 */
export function refusalOfReissue({
  link,
  hasEmail = false,
  advice,
  replacedBy,
  paidBy,
  writtenOff,
  force,
  now,
}: ReissueCase): string | null {
  const { status } = link;
  if (replacedBy !== null) return `it was replaced already: the last link of its chain is ${replacedBy}`;
  if (!isFailed(status) && status !== 'VOIDED') {
    return `it is ${status}: only a ${FAILED_STATUSES.join(', ')} or VOIDED payout link can be reissued`;
  }
  if (paidBy !== null) return `an earlier link of its chain, ${paidBy}, has succeeded: it is paid`;
  if (status === 'REJECTED' && isDuplicateCode(link.failureCode)) {
    return 'the provider holds a payout with its external id: adopt that one instead';
  }
  if (link.importedStatus !== null && !isOpen(link.importedStatus) && !force) {
    return 'it was final when it was imported, so it may have been sent again elsewhere: use force to send it anyway';
  }
  if (link.redactedAt !== null && !hasEmail) return 'its recipient was redacted: give an email';
  if (writtenOff && !force) return 'it was written off: use force to send it again anyway';
  const retry = status === 'VOIDED' ? 'REVIEW' : advice.retry;
  if ((retry === 'DO_NOT_RETRY' || retry === 'REVIEW') && !force) {
    return `the advice is ${retry} (${advice.text}): use force to send it again anyway`;
  }
  if (advice.notBefore !== null && now < advice.notBefore) {
    return `it may not be sent again before ${advice.notBefore.toISOString()}`;
  }
  return null;
}
