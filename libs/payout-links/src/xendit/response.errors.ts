import {
  AuthenticationError,
  DuplicatePayoutError,
  InsufficientBalanceError,
  PayoutRejectedError,
  PermissionError,
  ProviderUnavailableError,
  RateLimitedError,
  UnexpectedResponseError,
  type PayoutLinksError,
} from '../payout-links.errors.js';
import { DUPLICATE_CODES } from '../failures/catalogue.js';
import { maskEmails } from '../rules/mask-email.js';
import type { NoContent, ProviderResponse } from './provider-response.js';

/** The error for a request whose response does not have the content that was asked for. */
export function errorOfResponse(response: NoContent): PayoutLinksError {
  switch (response.kind) {
    case 'unreachable':
      return new ProviderUnavailableError(`the provider could not be reached: ${response.reason}`);
    case 'rate-limited':
      return new RateLimitedError(
        'the provider’s rate limit is reached',
        response.rateLimit.resetMs ?? 60_000,
        response.refusal,
      );
    case 'inconclusive':
      return response.unreadable
        ? new UnexpectedResponseError(
            `the provider’s response is unusable: ${response.reason}`,
            response.refusal,
          )
        : new ProviderUnavailableError(`the provider did not respond: ${response.reason}`, response.refusal);
    case 'refused':
      return keyError(response) ?? new UnexpectedResponseError(refusalText(response), response.refusal);
  }
}

/** The error for a create that the provider refused. */
export function errorOfRefusedCreate(response: NoContent): PayoutLinksError {
  if (response.kind !== 'refused') return errorOfResponse(response);
  const key = keyError(response);
  if (key) return key;
  const message = refusalText(response);
  const { errorCode } = response.refusal;
  if (isDuplicateCode(errorCode)) {
    // Not the provider's own text: it says to use another external id, which would pay twice.
    const advice = `the provider already holds a payout with this external id (${errorCode}): adopt it, never send it under another id`;
    return new DuplicatePayoutError(advice, response.refusal);
  }
  if (errorCode === 'INSUFFICIENT_BALANCE') return new InsufficientBalanceError(message, response.refusal);
  return new PayoutRejectedError(message, response.refusal);
}

/**
 * True when a void was refused because of the key, not the payout: other services of the provider respond with 403
 * for a late void too.
 */
export function isVoidRefusedForKey({ refusal }: Extract<ProviderResponse, { kind: 'refused' }>): boolean {
  return refusal.httpStatus === 401 || refusal.errorCode === 'REQUEST_FORBIDDEN_ERROR';
}

/** The provider's documentation names a repeated external id with either code. */
export function isDuplicateCode(code: string | null | undefined): boolean {
  return DUPLICATE_CODES.some((duplicate) => duplicate === code);
}

/** The provider's message, with e-mail addresses masked. */
export function refusalText(response: Extract<ProviderResponse, { kind: 'refused' }>): string {
  const { httpStatus, errorCode } = response.refusal;
  return maskEmails(
    `the provider refused (${errorCode ?? `HTTP ${httpStatus}`}): ${response.message}`.slice(0, 500),
  );
}

function keyError(
  response: Extract<ProviderResponse, { kind: 'refused' }>,
): AuthenticationError | PermissionError | undefined {
  const { httpStatus } = response.refusal;
  if (httpStatus === 401) return new AuthenticationError(refusalText(response), response.refusal);
  if (httpStatus === 403) return new PermissionError(refusalText(response), response.refusal);
  return undefined;
}
