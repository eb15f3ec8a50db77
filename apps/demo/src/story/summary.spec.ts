import { describe, expect, it } from '@jest/globals';
import type { MatchOutcome } from './programs.js';
import { describeMatch } from './summary.js';

const MATCHED: MatchOutcome = {
  exitCode: 0,
  reportSet: '/reports/default/statements/2026-11-29_2026-11-29',
  results: { MATCHED: { count: 40, amount: '21080000' } },
  fees: '125000',
  vat: '13750',
  balanced: true,
};

describe('the line about the statement', () => {
  it.each<[string, Partial<MatchOutcome>, string]>([
    [
      'nothing to act on',
      {},
      'statement: 40 payments match, nothing to act on; fees IDR 125.000, VAT IDR 13.750',
    ],
    [
      'something to act on',
      { exitCode: 4 },
      'statement: it disagrees with our database, see /reports/default/statements/2026-11-29_2026-11-29/match.html',
    ],
    [
      'a summary that does not balance',
      { exitCode: 4, balanced: false },
      'statement: THE SUMMARY DOES NOT BALANCE, see /reports/default/statements/2026-11-29_2026-11-29',
    ],
    [
      'no statement',
      { exitCode: 1, reportSet: null, results: null, fees: null, vat: null, balanced: null },
      'statement: it could not be matched (exit code 1)',
    ],
  ])('says what came of it: %s', (_, given, line) => {
    expect(describeMatch({ ...MATCHED, ...given })).toBe(line);
  });
});
