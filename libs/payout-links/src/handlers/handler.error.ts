import { PayoutLinksError } from '../payout-links.errors.js';

/** A `@OnPayoutLink` handler of the host cannot be called as declared; the application does not start. */
export class PayoutLinkHandlerError extends PayoutLinksError {
  readonly code = 'BAD_PAYOUT_LINK_HANDLER';
}
