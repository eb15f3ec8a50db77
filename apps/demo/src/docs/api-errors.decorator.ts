import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse } from '@nestjs/swagger';
import type { ErrorCode } from './error.codes.js';
import { errorResponses } from './error.responses.js';
import { ErrorResponseBody } from './error.schema.js';

/** What any request may be answered. */
const ALWAYS = ['UNAUTHORIZED', 'INTERNAL_ERROR', 'DATABASE_UNAVAILABLE'] as const;
/** What a request that may carry a body may be answered too. */
export const ERRORS_WITH_BODY = [
  'INVALID_PAYOUT_LINK',
  'BAD_REQUEST',
  'FORBIDDEN',
  'PAYLOAD_TOO_LARGE',
] as const;
/** What asking the provider may end with, whatever is asked. */
const PROVIDER = [
  'AUTHENTICATION_FAILED',
  'PERMISSION_DENIED',
  'PROVIDER_UNAVAILABLE',
  'UNEXPECTED_RESPONSE',
  'RATE_LIMITED',
] as const;

/** Documents the errors of a route that only reads, beside those of all. */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator {
  const responses = errorResponses([...codes, ...ALWAYS]);
  return applyDecorators(
    ApiExtraModels(ErrorResponseBody),
    ...[...responses].map(([status, response]) => ApiResponse({ status, ...response })),
  );
}

/** Documents the errors of a route that asks the provider for something. */
export function ApiErrorsOfCall(...codes: ErrorCode[]): MethodDecorator {
  return ApiErrors(...codes, ...ERRORS_WITH_BODY, ...PROVIDER);
}
