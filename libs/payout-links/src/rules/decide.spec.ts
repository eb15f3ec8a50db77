import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, type Decision, type CurrentLink } from './decide.js';
import type { ProviderLink } from './observation.js';
import { compareStatus, isOpen, PayoutLinkStatus, statusOfProviderWord } from './payout-link.status.js';

const NOW = new Date('2026-11-23T03:00:00Z');
const BEFORE = new Date('2026-11-20T03:00:00Z');
const AFTER = new Date('2026-11-26T03:00:00Z');

const current = (status: PayoutLinkStatus, more: Partial<CurrentLink> = {}): CurrentLink => ({
  status,
  version: 3,
  externalId: 'order-1',
  amount: 23_000n,
  providerId: 'p-1',
  failureCode: null,
  expiresAt: AFTER,
  claimedAt: null,
  voidRequestedAt: null,
  ...more,
});

const seen = (word: string, more: Partial<ProviderLink> = {}): ProviderLink => ({
  id: 'p-1',
  externalId: 'order-1',
  amount: 23_000n,
  providerStatus: word,
  status: statusOfProviderWord(word),
  failureCode: null,
  payoutUrl: null,
  expiresAt: null,
  disbursementId: null,
  createdAt: null,
  claimedAt: null,
  occurredAt: null,
  ...more,
});

const decideLink = (link: CurrentLink, response: ProviderLink, sentAtVersion = link.version): Decision =>
  decide(link, { kind: 'link', link: response, raw: {} }, { sentAtVersion, holdsLease: false, now: NOW });

describe('the status rules', () => {
  it.each([
    ['CREATING', 'PENDING', 'PENDING'],
    ['CREATING', 'SUCCEEDED', 'SUCCEEDED'],
    ['UNCONFIRMED', 'CLAIMED', 'REQUESTED'],
    ['PENDING', 'DISBURSING', 'REQUESTED'],
    ['PENDING', 'COMPLETED', 'SUCCEEDED'],
    ['UNKNOWN', 'REQUESTED', 'REQUESTED'],
    ['REQUESTED', 'FAILED', 'FAILED'],
    ['PENDING', 'CANCELED', 'VOIDED'],
  ] as const)('move %s to what %s means, however old the observation', (from, word, to) => {
    expect(decideLink(current(from), seen(word), 1)).toMatchObject({ kind: 'move', to });
  });

  it.each([
    ['PENDING', 'SOMETHING_NEW', 'UNKNOWN'],
    ['UNKNOWN', 'PENDING', 'PENDING'],
  ] as const)('move %s sideways on %s only while the row is as it was', (from, word, to) => {
    expect(decideLink(current(from), seen(word))).toMatchObject({ kind: 'move', to });
    expect(decideLink(current(from), seen(word), 2)).toEqual({ kind: 'stale' });
  });

  it.each([
    ['FAILED', 'SUCCEEDED', 'FINAL_CHANGED'],
    ['SUCCEEDED', 'FAILED', 'FINAL_CHANGED'],
    ['REJECTED', 'SUCCEEDED', 'FINAL_CHANGED'],
    ['REJECTED', 'PENDING', 'FINAL_CHANGED'],
    ['REJECTED', 'REQUESTED', 'FINAL_CHANGED'],
    ['SUCCEEDED', 'REVERSED', 'REVERSED_AFTER_SUCCESS'],
  ] as const)('change the final %s to %s with the discrepancy %s', (from, word, type) => {
    expect(decideLink(current(from), seen(word))).toMatchObject({
      kind: 'move',
      to: word,
      discrepancy: { type },
    });
    expect(decideLink(current(from), seen(word), 2)).toEqual({ kind: 'stale' });
  });

  it.each([
    ['REQUESTED', 'PENDING', 'STATUS_REGRESSION'],
    ['SUCCEEDED', 'REQUESTED', 'STATUS_REGRESSION'],
    ['REQUESTED', 'SOMETHING_NEW', 'UNKNOWN_STATUS'],
    ['FAILED', 'SOMETHING_NEW', 'UNKNOWN_STATUS'],
  ] as const)('leave %s alone when the provider says %s, and keep %s', (from, word, type) => {
    expect(decideLink(current(from), seen(word))).toMatchObject({
      kind: 'discrepancy',
      discrepancy: { type },
    });
    expect(decideLink(current(from), seen(word), 2)).toEqual({ kind: 'stale' });
  });

  it.each([
    ['AMOUNT_MISMATCH', { amount: 22_999n }],
    ['AMOUNT_MISMATCH', { amount: 23_001n }],
    ['MISSING_AT_PROVIDER', { externalId: 'order-2' }],
    ['MISSING_AT_PROVIDER', { id: 'p-2' }],
  ] as const)('never apply a response about something else (%s)', (type, other) => {
    expect(decideLink(current('PENDING'), seen('SUCCEEDED', other))).toMatchObject({
      kind: 'discrepancy',
      discrepancy: { type },
    });
  });

  it('take a link that expired unclaimed for expired, whichever word the provider uses', () => {
    const expired = current('PENDING', { expiresAt: BEFORE });
    for (const word of ['EXPIRED', 'VOIDED', 'FAILED']) {
      expect(decideLink(expired, seen(word))).toMatchObject({
        kind: 'move',
        to: 'EXPIRED',
        failureCode: 'EXPIRED_UNCLAIMED',
      });
    }
    // Recorded as never created, and never claimed.
    for (const word of ['EXPIRED', 'VOIDED', 'FAILED'])
      expect(decideLink(current('REJECTED', { expiresAt: BEFORE }), seen(word))).toMatchObject({
        to: 'EXPIRED',
      });
    const again = current('EXPIRED', { expiresAt: BEFORE, failureCode: 'EXPIRED_UNCLAIMED' });
    for (const word of ['EXPIRED', 'VOIDED', 'FAILED'])
      expect(decideLink(again, seen(word))).toEqual({ kind: 'same' });
  });

  it('distinguish our void, a claimed link and a failure with a code from an expiry', () => {
    const expired = { expiresAt: BEFORE };
    expect(
      decideLink(current('PENDING', { ...expired, voidRequestedAt: BEFORE }), seen('VOIDED')),
    ).toMatchObject({ to: 'VOIDED' });
    expect(decideLink(current('PENDING', expired), seen('FAILED', { claimedAt: BEFORE }))).toMatchObject({
      to: 'FAILED',
    });
    expect(decideLink(current('REQUESTED', expired), seen('FAILED'))).toMatchObject({ to: 'FAILED' });
    expect(decideLink(current('PENDING', expired), seen('FAILED', { failureCode: 'X' }))).toMatchObject({
      to: 'FAILED',
      failureCode: 'X',
    });
    expect(decideLink(current('PENDING'), seen('VOIDED'))).toMatchObject({ to: 'VOIDED' });
  });

  it('record a reason that is reported later, once', () => {
    const failed = current('FAILED');
    expect(decideLink(failed, seen('FAILED', { failureCode: 'X' }))).toEqual({
      kind: 'move',
      to: 'FAILED',
      failureCode: 'X',
    });
    expect(decideLink({ ...failed, failureCode: 'X' }, seen('FAILED', { failureCode: 'X' }))).toEqual({
      kind: 'same',
    });
  });

  it('let only the holder of the lease say that a create was refused or is unconfirmed', () => {
    const outcomes = [
      [{ kind: 'refused', failureCode: 'X', raw: null }, 'REJECTED'],
      [{ kind: 'unconfirmed', raw: null }, 'UNCONFIRMED'],
    ] as const;
    for (const [observation, to] of outcomes) {
      const context = { sentAtVersion: 3, now: NOW };
      expect(decide(current('CREATING'), observation, { ...context, holdsLease: true })).toMatchObject({
        kind: 'move',
        to,
      });
      expect(decide(current('CREATING'), observation, { ...context, holdsLease: false })).toEqual({
        kind: 'ignored',
      });
      for (const status of Object.values(PayoutLinkStatus).filter((name) => name !== 'CREATING')) {
        expect(decide(current(status), observation, { ...context, holdsLease: true })).toEqual({
          kind: 'ignored',
        });
      }
    }
  });

  it('let an operator end an unconfirmed create that has not changed since, and nothing else', () => {
    const context = { sentAtVersion: 3, holdsLease: false, now: NOW };
    const abandoned = { kind: 'abandoned', raw: { reason: 'not there' } } as const;
    expect(decide(current('UNCONFIRMED'), abandoned, context)).toEqual({
      kind: 'move',
      to: 'REJECTED',
      failureCode: 'ABANDONED',
    });
    expect(decide(current('UNCONFIRMED'), abandoned, { ...context, sentAtVersion: 2 })).toEqual({
      kind: 'ignored',
    });
    for (const status of Object.values(PayoutLinkStatus).filter((name) => name !== 'UNCONFIRMED'))
      expect(decide(current(status), abandoned, context)).toEqual({ kind: 'ignored' });
  });

  it('never move backward, whatever is observed in whatever order (property)', () => {
    const status = fc.constantFrom(...Object.values(PayoutLinkStatus));
    const word = fc.oneof(
      fc.constantFrom('PENDING', 'CLAIMED', 'SUCCEEDED', 'FAILED', 'LOCKED', 'EXPIRED', 'VOID', 'REVERSED'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        status,
        word,
        fc.integer({ min: 1, max: 3 }),
        fc.option(fc.constantFrom(BEFORE, AFTER)),
        fc.boolean(),
        fc.option(fc.string()),
        (from, said, sentAtVersion, expiresAt, claimed, failureCode) => {
          const link = current(from, { expiresAt, claimedAt: claimed ? BEFORE : null });
          const decision = decideLink(link, seen(said, { failureCode }), sentAtVersion);
          if (decision.kind !== 'move') return;
          if (from === 'REJECTED') return expect(decision.discrepancy?.type).toBe('FINAL_CHANGED');
          expect(compareStatus(decision.to, from)).toBeGreaterThanOrEqual(0);
          expect(['CREATING', 'UNCONFIRMED', 'REJECTED']).not.toContain(decision.to);
          if (compareStatus(decision.to, from) === 0) expect(sentAtVersion).toBe(link.version);
          if (!isOpen(from) && decision.to !== from) expect(decision.discrepancy).toBeDefined();
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
