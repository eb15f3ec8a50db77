import { HttpException, HttpStatus } from '@nestjs/common';
import {
  AdoptRefusedError,
  AuthenticationError,
  DuplicatePayoutError,
  InsufficientBalanceError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  PayoutLinkNotVoidableError,
  PayoutLinksError,
  PayoutRejectedError,
  PermissionError,
  ProviderUnavailableError,
  RateLimitedError,
  ReissueRefusedError,
  UnexpectedAnswerError,
  WriteOffRefusedError,
  type FieldError,
} from 'nestjs-payout-links';
import { isDatabaseAway } from './database-away.js';

/** What a caller is told of an error. */
export interface ErrorAnswer {
  status: number;
  code: string;
  message: string;
  details?: readonly FieldError[];
  retryAfterSeconds?: number;
}

const STATUS_OF: readonly (readonly [new (...args: never[]) => PayoutLinksError, number])[] = [
  [InvalidPayoutLinkError, 400],
  [PayoutLinkNotFoundError, 404],
  [DuplicatePayoutError, 409],
  [PayoutLinkNotVoidableError, 409],
  [ReissueRefusedError, 409],
  [AdoptRefusedError, 409],
  [WriteOffRefusedError, 409],
  [InsufficientBalanceError, 422],
  [PayoutRejectedError, 422],
  [AuthenticationError, 502],
  [PermissionError, 502],
  [ProviderUnavailableError, 502],
  [UnexpectedAnswerError, 502],
  [RateLimitedError, 503],
];

/** Any error as its HTTP answer; one that nobody foresaw tells nothing about itself. */
export function errorAnswerOf(error: unknown): ErrorAnswer {
  if (error instanceof PayoutLinksError) return ofPayoutLinks(error);
  if (error instanceof HttpException) return ofHttp(error);
  if (isDatabaseAway(error)) {
    return {
      status: 503,
      code: 'DATABASE_UNAVAILABLE',
      message: 'the database cannot be reached: try again later',
    };
  }
  return { status: 500, code: 'INTERNAL_ERROR', message: 'something went wrong here; the log says what' };
}

function ofPayoutLinks(error: PayoutLinksError): ErrorAnswer {
  const { code, message } = error;
  const [, status = 500] = STATUS_OF.find(([type]) => error instanceof type) ?? [];
  const details = 'errors' in error ? (error.errors as readonly FieldError[] | undefined) : undefined;
  return {
    status,
    code,
    message,
    ...(details && details.length > 0 && { details }),
    ...(error instanceof RateLimitedError && {
      retryAfterSeconds: Math.max(1, Math.ceil(error.retryAfterMs / 1_000)),
    }),
  };
}

function ofHttp(error: HttpException): ErrorAnswer {
  const status = error.getStatus();
  if (isDatabaseAway(error.cause)) return { status, code: 'DATABASE_UNAVAILABLE', message: error.message };
  const message = error.cause instanceof SyntaxError ? 'the body is not valid JSON' : error.message;
  return { status, code: HttpStatus[status] ?? `HTTP_${status}`, message };
}
