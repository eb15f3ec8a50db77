import { describe, expect, it } from '@jest/globals';
import { BadRequestException, PayloadTooLargeException, ServiceUnavailableException } from '@nestjs/common';
import {
  AdoptRefusedError,
  AuthenticationError,
  DuplicatePayoutError,
  InsufficientBalanceError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  PayoutLinkNotVoidableError,
  PayoutRejectedError,
  PermissionError,
  ProviderUnavailableError,
  RateLimitedError,
  ReissueRefusedError,
  UnexpectedResponseError,
} from 'nestjs-payout-links';
import { errorResponseOf } from './error.response.js';

const errors = [{ field: 'amount', message: 'amount is wrong' }];
/** PostgreSQL's own errors have a severity. */
const coded = (code: string, message = 'x') =>
  Object.assign(new Error(message), { code, ...(code.length === 5 && { severity: 'FATAL' }) });

describe('the response to an error', () => {
  it.each([
    [new InvalidPayoutLinkError(errors), 400, 'INVALID_PAYOUT_LINK'],
    [new PayoutLinkNotFoundError('x'), 404, 'PAYOUT_LINK_NOT_FOUND'],
    [new DuplicatePayoutError('x'), 409, 'DUPLICATE_PAYOUT'],
    [new PayoutLinkNotVoidableError('x'), 409, 'PAYOUT_LINK_NOT_VOIDABLE'],
    [new ReissueRefusedError('x'), 409, 'REISSUE_REFUSED'],
    [new AdoptRefusedError('x'), 409, 'ADOPT_REFUSED'],
    [new InsufficientBalanceError('x'), 422, 'INSUFFICIENT_BALANCE'],
    [new PayoutRejectedError('x'), 422, 'PAYOUT_REJECTED'],
    [new AuthenticationError('x'), 502, 'AUTHENTICATION_FAILED'],
    [new PermissionError('x'), 502, 'PERMISSION_DENIED'],
    [new ProviderUnavailableError('x', {}, { cause: coded('ECONNREFUSED') }), 502, 'PROVIDER_UNAVAILABLE'],
    [new UnexpectedResponseError('x'), 502, 'UNEXPECTED_RESPONSE'],
    [new RateLimitedError('x', 1_000), 503, 'RATE_LIMITED'],
    [new BadRequestException('x'), 400, 'BAD_REQUEST'],
    [new PayloadTooLargeException('x'), 413, 'PAYLOAD_TOO_LARGE'],
    [new ServiceUnavailableException('x', { cause: coded('57P01') }), 503, 'DATABASE_UNAVAILABLE'],
    [coded('57P03'), 503, 'DATABASE_UNAVAILABLE'],
    [coded('08006'), 503, 'DATABASE_UNAVAILABLE'],
    [coded('53300'), 503, 'DATABASE_UNAVAILABLE'],
    [coded('25006'), 503, 'DATABASE_UNAVAILABLE'],
    [coded('ECONNREFUSED'), 503, 'DATABASE_UNAVAILABLE'],
    [Object.assign(new Error('x'), { driverError: coded('ECONNRESET') }), 503, 'DATABASE_UNAVAILABLE'],
    [new Error('Connection terminated unexpectedly'), 503, 'DATABASE_UNAVAILABLE'],
    [new Error('timeout exceeded when trying to connect'), 503, 'DATABASE_UNAVAILABLE'],
    [coded('23505'), 500, 'INTERNAL_ERROR'],
    [coded('42P01'), 500, 'INTERNAL_ERROR'],
    [new TypeError('x is undefined'), 500, 'INTERNAL_ERROR'],
    ['a text', 500, 'INTERNAL_ERROR'],
    [undefined, 500, 'INTERNAL_ERROR'],
  ])('%s → %i %s', (error, status, code) => {
    expect(errorResponseOf(error)).toMatchObject({ status, code });
  });

  it('names the invalid fields, ours and the provider’s, and nothing without any', () => {
    expect(errorResponseOf(new InvalidPayoutLinkError(errors)).details).toEqual(errors);
    expect(errorResponseOf(new PayoutRejectedError('x', { errors })).details).toEqual(errors);
    expect(errorResponseOf(new PayoutRejectedError('x', { errors: [] }))).not.toHaveProperty('details');
  });

  it.each([
    [0, 1],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [60_000, 60],
  ])('sets Retry-After to whole seconds, at least one: %i ms → %i s', (ms, seconds) => {
    expect(errorResponseOf(new RateLimitedError('x', ms)).retryAfterSeconds).toBe(seconds);
  });

  it('reveals nothing about an unexpected error', () => {
    expect(errorResponseOf(new Error('password=hidden')).message).not.toContain('hidden');
  });
});
