import { maskEmails } from './rules/mask-email.js';

/** One invalid field and why. */
export interface FieldError {
  field: string;
  message: string;
}

/** What the provider's refusal said, as far as present. */
export interface ProviderRefusal {
  httpStatus?: number;
  /** The provider's `error_code`, unchanged. */
  errorCode?: string;
  errors?: readonly FieldError[];
  /** The response's `Request-Id`: quote it to the provider's support. */
  requestId?: string;
}

/** Base of every error of this library. `message` is safe to show: no key, token, passcode or full e-mail address. */
export abstract class PayoutLinksError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    // Callers' values are in some messages, and an id can be an address.
    super(maskEmails(message), options);
    this.name = new.target.name;
  }
}

/** The call is invalid; `errors` names each field. Nothing was stored or sent. */
export class InvalidPayoutLinkError extends PayoutLinksError {
  readonly code = 'INVALID_PAYOUT_LINK';

  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.errors = errors.map(({ field, message }) => ({
      field: maskEmails(field),
      message: maskEmails(message),
    }));
  }
}

/** The application is not set up for payout links and does not start. The message says what to change. */
export class PayoutLinksSetupError extends PayoutLinksError {
  readonly code = 'PAYOUT_LINKS_SETUP';
}

/** There is no such link. */
export class PayoutLinkNotFoundError extends PayoutLinksError {
  readonly code = 'PAYOUT_LINK_NOT_FOUND';
}

/** The link may not be reissued; the message says why and, if possible, what to do instead. */
export class ReissueRefusedError extends PayoutLinksError {
  readonly code = 'REISSUE_REFUSED';
}

/** The link's failure may not be written off; the message says why. */
export class WriteOffRefusedError extends PayoutLinksError {
  readonly code = 'WRITE_OFF_REFUSED';
}

/** The create may not be abandoned: it is not `UNCONFIRMED`, or too young; the message says which. */
export class AbandonRefusedError extends PayoutLinksError {
  readonly code = 'ABANDON_REFUSED';
}

/** The provider's link does not match ours, or ours is not waiting to be settled. */
export class AdoptRefusedError extends PayoutLinksError {
  readonly code = 'ADOPT_REFUSED';
}

/** Base of the errors caused by a response of the provider, or by a missing one. */
export abstract class ProviderError extends PayoutLinksError implements ProviderRefusal {
  readonly httpStatus?: number;
  readonly errorCode?: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string;

  constructor(message: string, refusal: ProviderRefusal = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.httpStatus = refusal.httpStatus;
    this.errorCode = refusal.errorCode;
    this.errors = refusal.errors;
    this.requestId = refusal.requestId;
  }
}

/** The external id is already used: here with other values or by a link that was replaced, or at the provider. */
export class DuplicatePayoutError extends ProviderError {
  readonly code = 'DUPLICATE_PAYOUT';
}

/** The provider's account has insufficient balance: top up, then repeat the call. */
export class InsufficientBalanceError extends ProviderError {
  readonly code = 'INSUFFICIENT_BALANCE';
}

/** The provider refused the payout; `errorCode` and `errors` say why. */
export class PayoutRejectedError extends ProviderError {
  readonly code = 'PAYOUT_REJECTED';
}

/** The provider does not accept the API key (401). */
export class AuthenticationError extends ProviderError {
  readonly code = 'AUTHENTICATION_FAILED';
}

/** The API key lacks the permission (403). */
export class PermissionError extends ProviderError {
  readonly code = 'PERMISSION_DENIED';
}

/** The link is no longer waiting for its recipient, so it cannot be voided. */
export class PayoutLinkNotVoidableError extends ProviderError {
  readonly code = 'PAYOUT_LINK_NOT_VOIDABLE';
}

/** The provider's rate limit is reached. */
export class RateLimitedError extends ProviderError {
  readonly code = 'RATE_LIMITED';

  constructor(
    message: string,
    /** Milliseconds until the provider accepts requests again. */
    readonly retryAfterMs: number,
    refusal: ProviderRefusal = {},
  ) {
    super(message, refusal);
  }
}

/** The provider is unreachable or fails (5xx, timeout). */
export class ProviderUnavailableError extends ProviderError {
  readonly code = 'PROVIDER_UNAVAILABLE';
}

/** The provider's response is unreadable, or about another link. State is unchanged. */
export class UnexpectedResponseError extends ProviderError {
  readonly code = 'UNEXPECTED_RESPONSE';
}
