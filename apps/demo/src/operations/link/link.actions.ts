import type { PayoutLink } from 'nestjs-payout-links';
import type { LinkView } from './link.view.js';

/** Whether an operator can do something with a link now, or why not. */
export type Offer = { can: true } | { can: false; because: string };

/** A link that waits for its recipient can be taken back. */
export function offerOfVoid({ status, providerId }: PayoutLink): Offer {
  if (status === 'VOIDED') return { can: false, because: 'It is void already.' };
  const may = providerId !== null && (status === 'PENDING' || status === 'UNKNOWN');
  return may ? { can: true } : { can: false, because: `It is ${status}: only a PENDING one can be voided.` };
}

/** The provider can be asked about what it has. */
export function offerOfRefresh({ providerId }: PayoutLink): Offer {
  return providerId !== null
    ? { can: true }
    : { can: false, because: 'There is nothing to ask: the provider has given it no id.' };
}

/** What the library says about sending it again; `insist` when only force does it. */
export function offerOfReissue({
  reissueRefusal,
  forcedReissueRefusal,
}: Pick<LinkView, 'reissueRefusal' | 'forcedReissueRefusal'>): Offer & { insist?: string } {
  if (reissueRefusal === null) return { can: true };
  if (forcedReissueRefusal === null) return { can: true, insist: reissueRefusal };
  return { can: false, because: forcedReissueRefusal };
}

/** A create that the provider never made can be ended; for every other link there is nothing to say. */
export function canAbandon({ status }: PayoutLink): boolean {
  return status === 'UNCONFIRMED';
}

/** Only a link that may exist unknown to us waits for the provider's id; for every other there is nothing to say. */
export function canAdopt({ status, failureCode }: PayoutLink): boolean {
  return (
    status === 'UNCONFIRMED' ||
    (status === 'REJECTED' && /^DUPLICATE_(PAYOUT_)?ERROR$/.test(failureCode ?? ''))
  );
}
