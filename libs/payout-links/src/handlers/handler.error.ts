import { PayoutLinksError } from '../payout-links.errors.js';

/** The host's `@OnPayoutLink` handlers cannot work as they are; the application refuses to start. */
export class PayoutLinkHandlerError extends PayoutLinksError {
  readonly code = 'BAD_PAYOUT_LINK_HANDLER';
}
