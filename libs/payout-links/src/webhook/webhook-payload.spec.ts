import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseWebhookPayload } from './webhook-payload.js';

describe('a webhook payload', () => {
  it('is read in the enveloped shape', () => {
    expect(
      parseWebhookPayload({
        event: 'disbursement.failed',
        data: {
          id: 'p-1',
          reference_id: 'order-1',
          amount: 23000,
          status: 'FAILED',
          failure_code: 'INVALID_DESTINATION',
        },
      }),
    ).toEqual({
      event: 'disbursement.failed',
      externalId: 'order-1',
      ids: ['p-1'],
      claim: 'FAILED',
      amount: 23_000n,
      providerStatus: 'FAILED',
      failureCode: 'INVALID_DESTINATION',
    });
  });

  it('is read in the flat shape without an event', () => {
    expect(
      parseWebhookPayload({
        id: 'd-1',
        external_id: 'order-1',
        amount: 23000,
        status: 'COMPLETED',
        disbursement_id: 'd-2',
      }),
    ).toMatchObject({ event: null, externalId: 'order-1', ids: ['d-1', 'd-2'], claim: 'SUCCEEDED' });
  });

  it('takes the claim from the event where there is no status', () => {
    expect(parseWebhookPayload({ event: 'disbursement.completed', data: {} }).claim).toBe('SUCCEEDED');
  });

  it('claims nothing with an event or a word that is new', () => {
    expect(
      parseWebhookPayload({ event: 'disbursement.pondered', data: { status: 'PONDERED' } }).claim,
    ).toBeNull();
    expect(parseWebhookPayload({ event: '__proto__' }).claim).toBeNull();
  });

  it('never throws (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.anything(), (body, data) => {
        expect(parseWebhookPayload({ ...body, data }).ids.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 2_000 },
    );
  });
});
