import type { PayoutLink } from 'nestjs-payout-links';
import type { LinkView } from './link.view.js';

/** Whether an operator can do something with a link now, or why not. */
export type Offer = { can: true } | { can: false; because: string };

/** A link that waits for its recipient can be voided. */
export function offerOfVoid({ status, providerId }: PayoutLink): Offer {
  if (status === 'VOIDED') return { can: false, because: 'It is void already.' };
  const may = providerId !== null && (status === 'PENDING' || status === 'UNKNOWN');
  return may ? { can: true } : { can: false, because: `It is ${status}: only a PENDING one can be voided.` };
}

/** A link with a provider id can be refreshed. */
export function offerOfRefresh({ providerId }: PayoutLink): Offer {
  return providerId !== null
    ? { can: true }
    : { can: false, because: 'There is nothing to read: the provider has given it no id.' };
}

/** The library's verdict on a reissue; `insist` when only force allows it. */
export function offerOfReissue({
  reissueRefusal,
  forcedReissueRefusal,
}: Pick<LinkView, 'reissueRefusal' | 'forcedReissueRefusal'>): Offer & { insist?: string } {
  if (reissueRefusal === null) return { can: true };
  if (forcedReissueRefusal === null) return { can: true, insist: reissueRefusal };
  return { can: false, because: forcedReissueRefusal };
}

/** Only an unconfirmed create can be abandoned; for other links nothing is shown. */
export function canAbandon({ status }: PayoutLink): boolean {
  return status === 'UNCONFIRMED';
}

/**
 * Only a link that may exist at the provider without our knowledge can be adopted; for other links nothing is
 * shown.
 */
export function canAdopt({ status, failureCode }: PayoutLink): boolean {
  return (
    status === 'UNCONFIRMED' ||
    (status === 'REJECTED' && /^DUPLICATE_(PAYOUT_)?ERROR$/.test(failureCode ?? ''))
  );
}
