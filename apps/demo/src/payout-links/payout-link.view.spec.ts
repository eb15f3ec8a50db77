import { describe, expect, it } from '@jest/globals';
import { PayoutLink, PayoutLinkStatus } from 'nestjs-payout-links';
import { viewOf } from './payout-link.view.js';

const AT = new Date('2026-01-31T09:00:00Z');

function link(given: Partial<PayoutLink>): PayoutLink {
  return Object.assign(new PayoutLink(), {
    id: '00000000-0000-4000-8000-000000000001',
    externalId: 'a',
    account: 'default',
    providerId: null,
    amount: 9_007_199_254_740_991n,
    currency: 'IDR',
    email: 'siti@example.com',
    status: 'CREATING',
    statusAt: AT,
    providerStatus: null,
    failureCode: null,
    payoutUrl: null,
    expiresAt: null,
    reissueOf: null,
    createdAt: AT,
    updatedAt: AT,
    ...given,
  });
}

const NO_PLANS = new Map<string, never>();

describe('the view of a link', () => {
  it('has every key, null where nothing is known, and the amount as an exact number', () => {
    expect(JSON.parse(JSON.stringify(viewOf(link({}), 'en', NO_PLANS)))).toEqual({
      id: '00000000-0000-4000-8000-000000000001',
      externalId: 'a',
      account: 'default',
      providerId: null,
      amount: 9_007_199_254_740_991,
      currency: 'IDR',
      email: 'siti@example.com',
      status: 'CREATING',
      providerStatus: null,
      failureCode: null,
      advice: null,
      payoutUrl: null,
      expiresAt: null,
      createdAt: '2026-01-31T09:00:00.000Z',
      updatedAt: '2026-01-31T09:00:00.000Z',
      reissueOf: null,
    });
  });

  it('has advice for the four ends that need it, and for no other status', () => {
    const advised = Object.values(PayoutLinkStatus).filter(
      (status) => viewOf(link({ status }), 'en', NO_PLANS).advice !== null,
    );
    expect(advised.toSorted()).toEqual(['EXPIRED', 'FAILED', 'REJECTED', 'REVERSED']);
  });

  it.each([
    ['REVERSED', null, 'REVIEW', null],
    ['FAILED', 'TEMPORARY_TRANSFER_ERROR', 'RETRY_LATER', '2026-01-31T10:00:00.000Z'],
    ['EXPIRED', 'EXPIRED_UNCLAIMED', 'RETRY', null],
    ['REJECTED', 'DUPLICATE_PAYOUT_ERROR', 'DO_NOT_RETRY', null],
    ['FAILED', 'SOMETHING_NEW', 'REVIEW', null],
  ] as const)('advises on %s with %s: %s', (status, failureCode, retry, notBefore) => {
    const { advice } = viewOf(link({ status, failureCode }), 'en', NO_PLANS);
    expect(Object.keys(advice!)).toEqual(['retry', 'owner', 'notBefore', 'automaticAt', 'text']);
    expect(advice).toMatchObject({ retry, notBefore, automaticAt: null });
  });

  it('says when it is sent again automatically, of the link that it is planned for alone', () => {
    const failed = link({ status: 'FAILED', failureCode: 'TEMPORARY_TRANSFER_ERROR' });
    const another = link({ id: 'another', status: 'FAILED' });
    const plans = new Map([[failed.id, { dueAt: new Date('2026-01-31T12:00:00Z') }]]);
    expect(viewOf(failed, 'en', plans).advice!.automaticAt).toBe('2026-01-31T12:00:00.000Z');
    expect(viewOf(another, 'en', plans).advice!.automaticAt).toBeNull();
  });
});
