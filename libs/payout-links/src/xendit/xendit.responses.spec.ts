import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseResponse, parseAmount, type HttpResponse } from './xendit.responses.js';

const response = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const LINK = {
  id: '67f1b30c-0262-4955-8777-95aa0478c2fc',
  external_id: 'demo_2392329329',
  amount: 23000,
  merchant_name: 'First Business',
  status: 'PENDING',
  expiration_timestamp: '2019-12-12T06:13:21.637Z',
  created: '2019-12-09T06:13:20.363Z',
  payout_url: 'https://payout.xendit.co/web/67f1b30c-0262-4955-8777-95aa0478c2fc',
};

describe('a response of the provider', () => {
  it('is a payout link with exact money and times', () => {
    expect(parseResponse(response(200, LINK))).toMatchObject({
      kind: 'link',
      link: {
        id: LINK.id,
        externalId: 'demo_2392329329',
        amount: 23_000n,
        status: 'PENDING',
        payoutUrl: LINK.payout_url,
        expiresAt: new Date('2019-12-12T06:13:21.637Z'),
        createdAt: new Date('2019-12-09T06:13:20.363Z'),
      },
    });
  });

  it.each([
    ['FAILED', { failure_reason: 'INVALID_DESTINATION' }, 'INVALID_DESTINATION'],
    ['FAILED', { failure_code: 'A', failure_reason: 'B' }, 'A'],
    ['FAILED', {}, null],
    ['LOCKED', {}, 'RECIPIENT_LOCKED_OUT'],
    ['EXPIRED', {}, 'EXPIRED_UNCLAIMED'],
    ['SUCCEEDED', { failure_reason: 'left over' }, null],
  ])('in status %s with %j has the failure code %s', (status, more, failureCode) => {
    expect(parseResponse(response(200, { ...LINK, status, ...more }))).toMatchObject({
      kind: 'link',
      link: { failureCode },
    });
  });

  it.each([
    [{ error_code: 'API_VALIDATION_ERROR', message: 'There was an error' }, undefined],
    [
      { error_code: 'A', message: 'm', errors: [{ path: 'body.amount', message: 'too small' }] },
      [{ field: 'body.amount', message: 'too small' }],
    ],
    [
      {
        error_code: 'A',
        errors: [{ path: ['phone'], message: 'required', type: 'any.required', context: {} }],
      },
      [{ field: 'phone', message: 'required' }],
    ],
    [{ error_code: 'A', errors: ['text'] }, [{ field: '', message: 'text' }]],
    [
      {
        message: 'm',
        error: 'e',
        error_code: 'A',
        status_code: 400,
        validation: { errors: [{ field: 'f', message: 'no' }] },
      },
      [{ field: 'f', message: 'no' }],
    ],
  ])('is a refusal in each shape of error body: %j', (body, errors) => {
    const parsed = parseResponse(response(400, body, { 'request-id': '4711' }));
    expect(parsed).toMatchObject({
      kind: 'refused',
      refusal: { httpStatus: 400, errorCode: body.error_code, requestId: '4711' },
    });
    expect(parsed.kind === 'refused' && parsed.refusal.errors).toEqual(errors);
  });

  it('waits as long as the provider says, in fractions of seconds', () => {
    const headers = { 'rate-limit-limit': '600', 'rate-limit-remaining': '0', 'rate-limit-reset': '19.546' };
    expect(
      parseResponse(response(429, { error_code: 'RATE_LIMIT_EXCEEDED', message: 'm' }, headers)),
    ).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 19_546,
      rateLimit: { limit: 600, remaining: 0 },
    });
    expect(parseResponse(response(429, '<html>')).kind).toBe('rate-limited');
  });

  it.each([
    ['an error page', response(200, '<html>down</html>')],
    ['an empty body', response(200, '')],
    ['an error in a success', response(200, { error_code: 'SERVER_ERROR', message: 'm' })],
    ['an amount with a fraction', response(200, { ...LINK, amount: 23000.5 })],
    ['an absurd amount', response(200, `{"id":"a","external_id":"b","status":"PENDING","amount":1e300}`)],
    ['a negative amount', response(200, { ...LINK, amount: -23000 })],
    ['a NUL in the id', response(200, { ...LINK, id: 'a\0b' })],
    ['an array', response(200, [LINK])],
    ['a redirect', response(302, '')],
    ['a server error', response(500, { error_code: 'SERVER_ERROR', message: 'm' })],
    ['a refusal that cannot be read', response(403, '<html>blocked</html>')],
    ['a time-out at the provider', response(408, { message: 'timeout' })],
  ])('leaves the outcome open for %s', (_, given) => {
    expect(parseResponse(given).kind).toBe('inconclusive');
  });

  it('never throws, and never makes money of anything but whole positive rupiah (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc
            .record({
              id: fc.anything(),
              external_id: fc.anything(),
              amount: fc.anything(),
              status: fc.anything(),
            })
            .map((value) => safeJson(value)),
        ),
        fc.dictionary(
          fc.constantFrom('rate-limit-reset', 'rate-limit-remaining', 'request-id'),
          fc.anything(),
        ),
        (status, body, headers) => {
          const parsed = parseResponse({ status, headers, body });
          if (parsed.kind === 'link') {
            expect(status >= 200 && status < 300).toBe(true);
            expect(parsed.link.amount).toBeGreaterThan(0n);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [23000, 23_000n],
    ['23000', 23_000n],
    [Number.MAX_SAFE_INTEGER, 9_007_199_254_740_991n],
    [Number.MAX_SAFE_INTEGER + 1, null],
    ['99999999999999999999', null],
    ['23000.00', null],
    ['', null],
    [null, null],
    [0, null],
  ])('reads the amount %j as %s', (given, amount) => {
    expect(parseAmount(given)).toBe(amount);
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
