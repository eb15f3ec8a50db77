import { HttpException, HttpStatus } from '@nestjs/common';
import { PayoutLinksExceptionFilter, type FieldError } from 'nestjs-payout-links';

/** The response to an error. */
export interface ErrorResponse {
  status: number;
  code: string;
  message: string;
  details?: readonly FieldError[];
  retryAfterSeconds?: number;
}

/** Maps any error to its HTTP response; an unexpected one reveals nothing about itself. */
export function errorResponseOf(error: unknown): ErrorResponse {
  const mapped =
    PayoutLinksExceptionFilter.responseOf(error) ??
    // Calls to the provider throw typed errors, so any other failed connection is the database's.
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
