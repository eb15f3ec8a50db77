/** One field that was refused, and why. */
export interface FieldError {
  field: string;
  message: string;
}

/** What the provider said when it refused, as far as it said it. */
export interface ProviderRefusal {
  httpStatus?: number;
  /** The provider's `error_code`, kept as it came. */
  errorCode?: string;
  errors?: readonly FieldError[];
  /** The answer's `Request-Id`: quote it to the provider's support. */
  requestId?: string;
}

/** Base of every error of this library. `message` is safe to show: no key, token, passcode or full e-mail address. */
export abstract class PayoutLinksError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The call itself is wrong; `errors` names each field. Nothing was stored or sent. */
export class InvalidPayoutLinkError extends PayoutLinksError {
  readonly code = 'INVALID_PAYOUT_LINK';

  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
  }
}

/** The application cannot use payout links as it is set up; it refuses to start. The message says what to change. */
export class PayoutLinksSetupError extends PayoutLinksError {
  readonly code = 'PAYOUT_LINKS_SETUP';
}

/** No such link here. */
export class PayoutLinkNotFoundError extends PayoutLinksError {
  readonly code = 'PAYOUT_LINK_NOT_FOUND';
}

/** The link may not be reissued; the message says why and, where there is one, names the way out. */
export class ReissueRefusedError extends PayoutLinksError {
  readonly code = 'REISSUE_REFUSED';
}

/** The link's failure may not be written off; the message says why. */
export class WriteOffRefusedError extends PayoutLinksError {
  readonly code = 'WRITE_OFF_REFUSED';
}

/** The create may not be ended: it is not `UNCONFIRMED`, or too young; the message says which. */
export class AbandonRefusedError extends PayoutLinksError {
  readonly code = 'ABANDON_REFUSED';
}

/** The provider's link is not the one that ours stands for, or ours does not wait to be settled. */
export class AdoptRefusedError extends PayoutLinksError {
  readonly code = 'ADOPT_REFUSED';
}

/** Base of the errors that come from an answer of the provider, or from its absence. */
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

/** The external id is taken, here by other values or by a link that was replaced, or at the provider. */
export class DuplicatePayoutError extends ProviderError {
  readonly code = 'DUPLICATE_PAYOUT';
}

/** The provider's account does not hold enough: top up, then make the same call again. */
export class InsufficientBalanceError extends ProviderError {
  readonly code = 'INSUFFICIENT_BALANCE';
}

/** The provider refused the payout; `errorCode` and `errors` say why. */
export class PayoutRejectedError extends ProviderError {
  readonly code = 'PAYOUT_REJECTED';
}

/** The provider does not know the API key (401). */
export class AuthenticationError extends ProviderError {
  readonly code = 'AUTHENTICATION_FAILED';
}

/** The API key may not do this (403). */
export class PermissionError extends ProviderError {
  readonly code = 'PERMISSION_DENIED';
}

/** The link is not waiting for its recipient any more, so it cannot be voided. */
export class PayoutLinkNotVoidableError extends ProviderError {
  readonly code = 'PAYOUT_LINK_NOT_VOIDABLE';
}

/** The provider takes no more requests for now. */
export class RateLimitedError extends ProviderError {
  readonly code = 'RATE_LIMITED';

  constructor(
    message: string,
    /** Milliseconds until the provider says it takes requests again. */
    readonly retryAfterMs: number,
    refusal: ProviderRefusal = {},
  ) {
    super(message, refusal);
  }
}

/** The provider cannot be reached, or fails on its side (5xx, time-out). */
export class ProviderUnavailableError extends ProviderError {
  readonly code = 'PROVIDER_UNAVAILABLE';
}

/** The provider's answer is unreadable, or not about the link that was asked for. State is unchanged. */
export class UnexpectedResponseError extends ProviderError {
  readonly code = 'UNEXPECTED_RESPONSE';
}
