import {
  AuthenticationError,
  DuplicatePayoutError,
  InsufficientBalanceError,
  PayoutRejectedError,
  PermissionError,
  ProviderUnavailableError,
  RateLimitedError,
  UnexpectedAnswerError,
  type PayoutLinksError,
} from '../payout-links.errors.js';
import { maskEmails } from '../rules/mask-email.js';
import type { Answer } from './xendit.answers.js';

type NotALink = Exclude<Answer, { kind: 'link' }>;

/** The error a caller of a read or a void gets for an answer that is no payout link. */
export function errorOfAnswer(answer: NotALink): PayoutLinksError {
  switch (answer.kind) {
    case 'unreachable':
      return new ProviderUnavailableError(`the provider could not be reached: ${answer.reason}`);
    case 'rate-limited':
      return new RateLimitedError(
        'the provider takes no more requests for now',
        answer.retryAfterMs ?? 60_000,
        answer.refusal,
      );
    case 'inconclusive':
      return answer.unreadable
        ? new UnexpectedAnswerError(`the provider’s answer cannot be used: ${answer.reason}`, answer.refusal)
        : new ProviderUnavailableError(`the provider gave no answer: ${answer.reason}`, answer.refusal);
    case 'refused':
      return keyError(answer) ?? new UnexpectedAnswerError(refusalText(answer), answer.refusal);
  }
}

/** The error a caller of a create gets when the provider refused it. */
export function errorOfRefusedCreate(answer: NotALink): PayoutLinksError {
  if (answer.kind !== 'refused') return errorOfAnswer(answer);
  const key = keyError(answer);
  if (key) return key;
  const message = refusalText(answer);
  if (isDuplicateCode(answer.refusal.errorCode)) return new DuplicatePayoutError(message, answer.refusal);
  if (answer.refusal.errorCode === 'INSUFFICIENT_BALANCE')
    return new InsufficientBalanceError(message, answer.refusal);
  return new PayoutRejectedError(message, answer.refusal);
}

/**
 * True when a void was refused for the key, not for the payout: other services of the provider say 403 for “too late”
 * too.
 */
export function isVoidRefusedForKey({ refusal }: Extract<Answer, { kind: 'refused' }>): boolean {
  return refusal.httpStatus === 401 || refusal.errorCode === 'REQUEST_FORBIDDEN_ERROR';
}

/** The provider's pages name a repeated external id with either code. */
export function isDuplicateCode(code: string | null | undefined): boolean {
  return code === 'DUPLICATE_PAYOUT_ERROR' || code === 'DUPLICATE_ERROR';
}

/** What the provider said, with e-mail addresses masked. */
export function refusalText(answer: Extract<Answer, { kind: 'refused' }>): string {
  const { httpStatus, errorCode } = answer.refusal;
  return maskEmails(
    `the provider refused (${errorCode ?? `HTTP ${httpStatus}`}): ${answer.message}`.slice(0, 500),
  );
}

function keyError(
  answer: Extract<Answer, { kind: 'refused' }>,
): AuthenticationError | PermissionError | undefined {
  const { httpStatus } = answer.refusal;
  if (httpStatus === 401) return new AuthenticationError(refusalText(answer), answer.refusal);
  if (httpStatus === 403) return new PermissionError(refusalText(answer), answer.refusal);
  return undefined;
}
