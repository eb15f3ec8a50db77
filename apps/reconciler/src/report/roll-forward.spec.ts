import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OPEN_STATUSES, PayoutLinkStatus } from 'nestjs-payout-links';
import {
  differencesOf,
  rollForward,
  type Line,
  type Movement,
  type RollForward,
  type Total,
} from './roll-forward.js';

const change = (from: PayoutLinkStatus | null, to: PayoutLinkStatus, amount = 10n): Movement => ({
  currency: 'IDR',
  from,
  to,
  count: 1,
  amount,
});

const NOTHING = { count: 0, amount: 0n };

const rolled = (opening: Total | null, movements: Movement[], closing: Total) =>
  rollForward({
    previous: opening && {
      IDR: {
        closing: { count: opening.count, amount: `${opening.amount}` },
        failures_closing: { count: 0, amount: '0' },
      },
    },
    movements,
    failures: new Map(),
    closing: new Map([['IDR', closing]]),
    failuresClosing: new Map(),
    failuresBefore: new Map(),
  });

/** The lines that are not zero. */
function linesOf(movements: Movement[]): Partial<Record<Line, number>> {
  const lines = rolled(null, movements, NOTHING).get('IDR')!;
  return Object.fromEntries(
    Object.entries(lines)
      .filter(([line, { count }]) => !line.endsWith('difference') && count !== 0)
      .map(([line, { count }]) => [line, count]),
  );
}

const isBalanced = (byCurrency: ReadonlyMap<string, RollForward>) => differencesOf(byCurrency).length === 0;

describe('the roll-forward', () => {
  it.each([
    [null, 'CREATING', { created: 1 }],
    ['CREATING', 'PENDING', {}],
    ['PENDING', 'SUCCEEDED', { succeeded: 1 }],
    ['PENDING', 'REVERSED', { succeeded: 1, reversed: 1 }],
    ['SUCCEEDED', 'REVERSED', { reversed: 1 }],
    ['REVERSED', 'SUCCEEDED', {}],
    ['FAILED', 'SUCCEEDED', { reopened: 1, succeeded: 1 }],
    ['FAILED', 'REVERSED', { reopened: 1, succeeded: 1, reversed: 1 }],
    ['REJECTED', 'CREATING', { reopened: 1 }],
    ['REQUESTED', 'FAILED', { failed: 1 }],
    ['PENDING', 'EXPIRED', { expired: 1 }],
    ['PENDING', 'VOIDED', { voided: 1 }],
    ['CREATING', 'REJECTED', { rejected: 1 }],
  ] as const)('counts %s → %s as %j', (from, to, lines) => {
    expect(linesOf([change(from, to)])).toEqual(lines);
  });

  it('balances for any histories, and not when a change or a row is lost (property)', () => {
    const history = fc.record({
      amount: fc.bigInt({ min: 1n, max: 9_007_199_254_740_991n }),
      path: fc.array(fc.constantFrom(...Object.values(PayoutLinkStatus)), { maxLength: 6 }),
      closingSlot: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(history, { maxLength: 20 }), (histories) => {
        const before: Movement[] = [];
        const within: Movement[] = [];
        const opening = { count: 0, amount: 0n };
        const closing = { count: 0, amount: 0n };
        for (const { amount, path, closingSlot } of histories) {
          let from: PayoutLinkStatus | null = null;
          for (const [index, to] of (['CREATING', ...path] as const).entries()) {
            if (from !== to) (index < closingSlot ? before : within).push(change(from, to, amount));
            from = to;
            if (index === closingSlot - 1 && OPEN_STATUSES.includes(to)) {
              opening.count += 1;
              opening.amount += amount;
            }
          }
          if (closingSlot > path.length + 1) {
            // The history ended before the slot: it is open at both ends or at neither.
            if (OPEN_STATUSES.includes(from!)) {
              opening.count += 1;
              opening.amount += amount;
            }
          }
          if (OPEN_STATUSES.includes(from!)) {
            closing.count += 1;
            closing.amount += amount;
          }
        }
        expect(isBalanced(rolled(null, before, opening))).toBe(true);
        expect(isBalanced(rolled(opening, within, closing))).toBe(true);
        expect(isBalanced(rolled(opening, [...within, change(null, 'CREATING')], closing))).toBe(false);
        const oneMore = { count: closing.count + 1, amount: closing.amount };
        expect(isBalanced(rolled(opening, within, oneMore))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
