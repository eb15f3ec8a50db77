import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { apiKeyMiddleware } from './api-key.middleware.js';

/** Whether a request without a key gets through. */
function passes(path: string, remoteAddress: string, headers: Record<string, string> = {}): boolean {
  let error: unknown = 'not called';
  const request = { path, socket: { remoteAddress }, headers } as unknown as Request;
  const response = { setHeader: () => undefined } as unknown as Response;
  void apiKeyMiddleware('a-key')(request, response, (given?: unknown) => (error = given));
  return error === undefined;
}

describe('metrics without a key', () => {
  it.each([
    ['127.0.0.1', {}, true],
    ['::1', {}, true],
    ['::ffff:127.0.0.1', {}, true],
    ['10.0.0.9', {}, false],
    ['::ffff:10.0.0.9', {}, false],
    ['', {}, false],
    ['127.0.0.1', { 'x-forwarded-for': '10.0.0.9' }, false],
    ['127.0.0.1', { 'x-forwarded-proto': 'https' }, false],
    ['127.0.0.1', { forwarded: 'for=10.0.0.9' }, false],
  ])('from %s with %j: %s', (address, headers, expected) => {
    expect(passes('/metrics', address, headers)).toBe(expected);
  });

  it.each(['/metrics/other', '/metricss', '/payout-links', '/reports'])('but not %s', (path) => {
    expect(passes(path, '127.0.0.1')).toBe(false);
  });
});
