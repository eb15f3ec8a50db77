import { HttpException, HttpStatus } from '@nestjs/common';
import { PayoutLinksExceptionFilter, type FieldError } from 'nestjs-payout-links';

/** What a caller is told of an error. */
export interface ErrorResponse {
  status: number;
  code: string;
  message: string;
  details?: readonly FieldError[];
  retryAfterSeconds?: number;
}

/** Any error as its HTTP answer; one that nobody foresaw tells nothing about itself. */
export function errorResponseOf(error: unknown): ErrorResponse {
  const mapped =
    PayoutLinksExceptionFilter.responseOf(error) ??
    // Calls of the provider throw typed errors, so a connection that fails otherwise is the database's.
    PayoutLinksExceptionFilter.responseOf({ driverError: error });
  if (mapped) {
    const { status, body, retryAfterSeconds } = mapped;
    return { status, ...body.error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  }
  if (error instanceof HttpException) return ofHttp(error);
  return { status: 500, code: 'INTERNAL_ERROR', message: 'something went wrong here; the log says what' };
}

function ofHttp(error: HttpException): ErrorResponse {
  const status = error.getStatus();
  const message = error.cause instanceof SyntaxError ? 'the body is not valid JSON' : error.message;
  return { status, code: HttpStatus[status] ?? `HTTP_${status}`, message };
}
