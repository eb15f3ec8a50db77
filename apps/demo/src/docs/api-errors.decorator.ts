import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse } from '@nestjs/swagger';
import type { ErrorCode } from './error.codes.js';
import { errorResponses } from './error.responses.js';
import { ErrorResponseBody } from './error.schema.js';

/** Possible errors of every request. */
const ALWAYS = ['UNAUTHORIZED', 'INTERNAL_ERROR', 'DATABASE_UNAVAILABLE'] as const;
/** Possible errors of a request that may have a body. */
export const ERRORS_WITH_BODY = [
  'INVALID_PAYOUT_LINK',
  'BAD_REQUEST',
  'FORBIDDEN',
  'PAYLOAD_TOO_LARGE',
] as const;
/** Possible errors of any call to the provider. */
const PROVIDER = [
  'AUTHENTICATION_FAILED',
  'PERMISSION_DENIED',
  'PROVIDER_UNAVAILABLE',
  'UNEXPECTED_RESPONSE',
  'RATE_LIMITED',
] as const;

/** Documents the errors of a route that only reads the database, in addition to the common ones. */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator {
  const responses = errorResponses([...codes, ...ALWAYS]);
  return applyDecorators(
    ApiExtraModels(ErrorResponseBody),
    ...[...responses].map(([status, response]) => ApiResponse({ status, ...response })),
  );
}

/** Documents the errors of a route without a body that reads the provider. */
export function ApiErrorsOfRead(...codes: ErrorCode[]): MethodDecorator {
  return ApiErrors(...codes, ...PROVIDER);
}

/** Documents the errors of a route that changes something at the provider. */
export function ApiErrorsOfCall(...codes: ErrorCode[]): MethodDecorator {
  return ApiErrors(...codes, ...ERRORS_WITH_BODY, ...PROVIDER);
}
