import { describe, expect, it } from '@jest/globals';
import type { ArgumentsHost } from '@nestjs/common';
import { PayoutLinksExceptionFilter } from './payout-links.exception-filter.js';
import * as errors from './payout-links.errors.js';

const filter = new PayoutLinksExceptionFilter();

/** A call to a filter as Nest makes it; records what the filter sends. */
function contextOf(type: string) {
  const sent: unknown[] = [];
  const client = { emit: (...given: unknown[]) => sent.push(given) };
  const host = { getType: () => type, switchToWs: () => ({ getClient: () => client }) };
  return { host: host as unknown as ArgumentsHost, sent };
}

describe('the exception filter', () => {
  it.each<[string, errors.PayoutLinksError, number]>([
    ['InvalidPayoutLinkError', new errors.InvalidPayoutLinkError([]), 400],
    ['PayoutLinkNotFoundError', new errors.PayoutLinkNotFoundError('x'), 404],
    ['DuplicatePayoutError', new errors.DuplicatePayoutError('x'), 409],
    ['PayoutLinkNotVoidableError', new errors.PayoutLinkNotVoidableError('x'), 409],
    ['ReissueRefusedError', new errors.ReissueRefusedError('x'), 409],
    ['AdoptRefusedError', new errors.AdoptRefusedError('x'), 409],
    ['WriteOffRefusedError', new errors.WriteOffRefusedError('x'), 409],
    ['AbandonRefusedError', new errors.AbandonRefusedError('x'), 409],
    ['InsufficientBalanceError', new errors.InsufficientBalanceError('x'), 422],
    ['PayoutRejectedError', new errors.PayoutRejectedError('x'), 422],
    ['AuthenticationError', new errors.AuthenticationError('x'), 502],
    ['PermissionError', new errors.PermissionError('x'), 502],
    ['ProviderUnavailableError', new errors.ProviderUnavailableError('x'), 502],
    ['UnexpectedResponseError', new errors.UnexpectedResponseError('x'), 502],
    ['RateLimitedError', new errors.RateLimitedError('x', 1), 503],
  ])('responds to %s', (_, error, status) => {
    expect(PayoutLinksExceptionFilter.responseOf(error)).toMatchObject({
      status,
      body: { error: { code: error.code } },
      ...(status === 503 && { retryAfterSeconds: 1 }),
    });
  });

  it('leaves errors of setup, and those of others, to Nest', () => {
    for (const error of [new errors.PayoutLinksSetupError('x'), new Error('x'), null])
      expect(PayoutLinksExceptionFilter.responseOf(error)).toBeNull();
  });

  it.each(['rpc', 'graphql'])(
    'returns nothing in a context of type %s, so that Nest’s own filter continues',
    (type) => {
      const { host, sent } = contextOf(type);
      expect(filter.catch(new errors.PayoutLinkNotFoundError('x'), host)).toBeUndefined();
      expect(sent).toEqual([]);
    },
  );

  it('sends what Nest’s own filter would over a WebSocket', () => {
    const { host, sent } = contextOf('ws');
    filter.catch(new errors.PayoutLinkNotFoundError('not here'), host);
    expect(sent).toEqual([['exception', { status: 'error', message: 'not here' }]]);
  });
});
