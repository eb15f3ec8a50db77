import { describe, expect, it } from '@jest/globals';
import type { PayoutLinkStatus } from 'nestjs-payout-links';
import {
  isUnknownMoney,
  matchLink,
  type BookedLink,
  type MatchPeriod,
  type StatementPayment,
} from './match.js';

const at = (day: number, time = '12:00') => new Date(`2026-03-${String(day).padStart(2, '0')}T${time}:00Z`);

/** The whole days of 10 to 12 March. */
const PERIOD: MatchPeriod = {
  kind: 'transactions',
  from: at(10, '00:00'),
  to: at(13, '00:00'),
  edgeMs: 3_600_000,
  hasMargin: true,
};
const BALANCE: MatchPeriod = { ...PERIOD, kind: 'balance' };

function link(status: PayoutLinkStatus, given: Partial<BookedLink> = {}): BookedLink {
  return {
    id: 'id',
    externalId: 'order-1',
    providerId: 'link-1',
    disbursementId: 'product-1',
    email: 'siti@example.com',
    amount: 50_000n,
    status,
    statusAt: at(11),
    statusAtEnd: status,
    claimedAt: at(11),
    isClaimTimeGiven: true,
    paidAt: status === 'SUCCEEDED' ? at(11, '12:01') : null,
    ...given,
  };
}

function payment(status: string, given: Partial<StatementPayment> = {}): StatementPayment {
  const amount = given.amount ?? 50_000n;
  return {
    id: 1,
    transactionId: 'txn-1',
    productId: 'product-1',
    reference: 'order-1',
    amount,
    worth: status === 'SUCCESS' || status === 'DEBITED' ? amount : 0n,
    status,
    hasDebit: true,
    createdAt: at(11),
    fee: '5000',
    vat: '550',
    channel: 'BCA',
    channelReference: '',
    ...given,
  };
}

const resultOf = (booked: BookedLink, payments: StatementPayment[], period = PERIOD) =>
  matchLink(booked, payments, period).map(({ result, timing, statementWorth, bookWorth }) => [
    result,
    timing,
    statementWorth,
    bookWorth,
  ]);

describe('a link and its payment', () => {
  it.each<[string, PayoutLinkStatus[]]>([
    ['SUCCESS', ['SUCCEEDED']],
    ['PENDING', ['PENDING', 'REQUESTED']],
    ['FAILED', ['FAILED']],
    ['VOIDED', ['VOIDED', 'EXPIRED']],
    ['REVERSED', ['REVERSED']],
  ])('agree by the Transactions report: %s with %s', (word, agreeing) => {
    const all: PayoutLinkStatus[] = [
      'CREATING',
      'UNCONFIRMED',
      'REJECTED',
      'PENDING',
      'REQUESTED',
      'SUCCEEDED',
      'FAILED',
      'EXPIRED',
      'VOIDED',
      'REVERSED',
      'UNKNOWN',
    ];
    for (const status of all) {
      const [[result]] = resultOf(link(status), [payment(word)]) as [[string]];
      expect([status, result]).toEqual([status, agreeing.includes(status) ? 'MATCHED' : 'STATUS_DIFFERS']);
    }
  });

  it.each<[bigint, PayoutLinkStatus, string]>([
    [50_000n, 'SUCCEEDED', 'MATCHED'],
    [50_000n, 'REQUESTED', 'MATCHED'],
    [50_000n, 'FAILED', 'STATUS_DIFFERS'],
    [0n, 'FAILED', 'MATCHED'],
    [0n, 'REVERSED', 'MATCHED'],
    [0n, 'SUCCEEDED', 'STATUS_DIFFERS'],
    [20_000n, 'SUCCEEDED', 'STATUS_DIFFERS'],
  ])('agree by the Balance report: %s left of 50000 with %s: %s', (worth, status, result) => {
    const rows = resultOf(link(status), [payment('DEBITED', { worth })], BALANCE);
    expect(rows).toMatchObject([[result, null, worth, status === 'SUCCEEDED' ? 50_000n : 0n]]);
  });

  it('differ in the amount first, whatever the statuses', () => {
    expect(resultOf(link('FAILED'), [payment('SUCCESS', { amount: 49_999n })])).toEqual([
      ['AMOUNT_DIFFERS', null, 49_999n, 0n],
    ]);
  });

  it('are a matter of timing when they agree by the status at the period’s end', () => {
    const reversed = link('REVERSED', { statusAtEnd: 'SUCCEEDED' });
    expect(resultOf(reversed, [payment('SUCCESS')])).toEqual([['TIMING', 'CHANGED_LATER', 50_000n, 0n]]);
    const unseen = link('REVERSED', { statusAtEnd: 'PENDING' });
    expect(resultOf(unseen, [payment('DEBITED')], BALANCE)).toEqual([
      ['TIMING', 'CHANGED_LATER', 50_000n, 0n],
    ]);
  });

  it('are a matter of timing when the money of an earlier statement came back', () => {
    const returned = payment('RETURNED', { hasDebit: false, worth: -50_000n });
    for (const status of ['FAILED', 'REVERSED'] as const)
      expect(resultOf(link(status, { claimedAt: at(5) }), [returned], BALANCE)).toEqual([
        ['TIMING', 'RETURNED_LATER', -50_000n, 0n],
      ]);
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(5) }), [returned], BALANCE)).toEqual([
      ['STATUS_DIFFERS', null, -50_000n, 0n],
    ]);
  });

  it('are a matter of timing when the link was claimed in another period', () => {
    expect(
      resultOf(link('SUCCEEDED', { claimedAt: at(9, '23:59'), paidAt: at(10, '00:01') }), [
        payment('SUCCESS', { createdAt: at(10, '00:00') }),
      ]),
    ).toEqual([['TIMING', 'OTHER_PERIOD', 50_000n, 0n]]);
  });

  it('match when the link was never claimed, in the period of the payment only', () => {
    const expired = link('EXPIRED', { claimedAt: null });
    expect(resultOf(expired, [payment('VOIDED')])).toEqual([['MATCHED', null, 0n, 0n]]);
    expect(resultOf(expired, [payment('VOIDED', { createdAt: at(9) })])).toEqual([]);
  });

  it('count outside the period when the link is of the period', () => {
    const early = payment('SUCCESS', { createdAt: at(9, '23:59') });
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(10, '00:00') }), [early])).toEqual([
      ['MATCHED', null, 50_000n, 50_000n],
    ]);
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(9) }), [early])).toEqual([]);
  });
});

describe('a link without a payment', () => {
  it.each<[PayoutLinkStatus, unknown[]]>([
    ['SUCCEEDED', [['ONLY_IN_BOOKS', null, 0n, 50_000n]]],
    ['REQUESTED', [['ONLY_IN_BOOKS', null, 0n, 0n]]],
    ['REVERSED', [['ONLY_IN_BOOKS', null, 0n, 0n]]],
    ['FAILED', []],
    ['EXPIRED', []],
    ['PENDING', []],
  ])('that is %s', (status, rows) => {
    expect(resultOf(link(status), [])).toEqual(rows);
  });

  it('is expected in the next match near an edge: an hour, or a day without a claim time', () => {
    const timing = [['TIMING', 'NEXT_PERIOD', 0n, 50_000n]];
    const missing = [['ONLY_IN_BOOKS', null, 0n, 50_000n]];
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(10, '00:59') }), [])).toEqual(timing);
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(12, '23:01') }), [])).toEqual(timing);
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(10, '01:01') }), [])).toEqual(missing);
    const seen = { isClaimTimeGiven: false };
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(12, '01:00'), ...seen }), [])).toEqual(timing);
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(11), ...seen }), [])).toEqual(missing);
    const wide = { ...PERIOD, edgeMs: 36 * 3_600_000 };
    expect(resultOf(link('SUCCEEDED', { claimedAt: at(11), ...seen }), [], wide)).toEqual(timing);
  });
});

describe('a link with several payments', () => {
  const again = (given: Partial<StatementPayment> = {}) =>
    payment('SUCCESS', { id: 2, productId: 'product-2', createdAt: at(12), ...given });

  it('was paid twice when both moved money', () => {
    expect(resultOf(link('SUCCEEDED'), [payment('SUCCESS'), again()])).toEqual([
      ['MATCHED', null, 50_000n, 50_000n],
      ['DUPLICATE_IN_STATEMENT', null, 50_000n, 0n],
    ]);
  });

  it('is compared with the one that moved money, although another is older', () => {
    const failed = payment('FAILED', { worth: 0n });
    expect(resultOf(link('SUCCEEDED'), [failed, again()])).toEqual([
      ['MATCHED', null, 0n, 0n],
      ['MATCHED', null, 50_000n, 50_000n],
    ]);
  });

  it('is compared with the newest when none moved money', () => {
    const failed = [payment('PENDING', { worth: 0n }), again({ status: 'FAILED', worth: 0n })];
    expect(resultOf(link('FAILED'), failed)).toEqual([
      ['MATCHED', null, 0n, 0n],
      ['MATCHED', null, 0n, 0n],
    ]);
  });

  it('was paid twice although its first payment is older than the statement', () => {
    const old = link('SUCCEEDED', { claimedAt: at(1), paidAt: at(1, '12:01') });
    const twice = [['DUPLICATE_IN_STATEMENT', null, 50_000n, 0n]];
    expect(resultOf(old, [again()])).toEqual(twice);
    expect(resultOf(old, [again({ createdAt: at(10, '01:00') })])).toEqual(twice);
    // The match of the period before has it, if its statement reached a day further.
    const recent = link('SUCCEEDED', { claimedAt: at(8), paidAt: at(8, '12:01') });
    const early = again({ createdAt: at(10, '01:00') });
    expect(resultOf(recent, [early])).toEqual([['TIMING', 'OTHER_PERIOD', 50_000n, 0n]]);
    expect(resultOf(recent, [early], { ...PERIOD, hasMargin: false })).toEqual(twice);
    expect(resultOf(recent, [payment('SUCCESS', { createdAt: at(10, '00:01') }), early])).toEqual([
      ['TIMING', 'OTHER_PERIOD', 50_000n, 0n],
      ['TIMING', 'OTHER_PERIOD', 50_000n, 0n],
    ]);
    // Its own transfer, that the provider only reported late.
    expect(resultOf(old, [again({ productId: 'product-1' })])).toEqual([
      ['TIMING', 'OTHER_PERIOD', 50_000n, 0n],
    ]);
  });
});

describe('a payment without a link', () => {
  it.each([
    ['SUCCESS', true],
    ['PENDING', true],
    ['REVERSED', true],
    ['FAILED', false],
    ['VOIDED', false],
  ])('of status %s: money that we do not know: %s', (status, isUnknown) => {
    expect(isUnknownMoney('transactions', payment(status))).toBe(isUnknown);
  });

  it('is unknown money by the Balance report when anything was debited', () => {
    expect(isUnknownMoney('balance', payment('RETURNED', { worth: 0n }))).toBe(true);
    expect(isUnknownMoney('balance', payment('RETURNED', { worth: -1n, hasDebit: false }))).toBe(false);
  });
});
