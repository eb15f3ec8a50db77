import { describe, expect, it } from '@jest/globals';
import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { adviseOnMatch, type AdvisedMatch } from './advice.js';
import { FINDINGS, MATCH_RESULTS, type MatchResult } from './match.js';

const match = (result: MatchResult, given: Partial<AdvisedMatch> = {}): AdvisedMatch => ({
  result,
  timing: result === 'TIMING' ? 'NEXT_PERIOD' : null,
  bookStatus: 'SUCCEEDED',
  statementStatus: 'SUCCESS',
  ...given,
});

describe('the advice on a match', () => {
  it('is there for everything but a match, in both languages', () => {
    for (const result of MATCH_RESULTS) {
      const [english, indonesian] = [adviseOnMatch(match(result), 'en'), adviseOnMatch(match(result), 'id')];
      expect([result, english === '']).toEqual([result, result === 'MATCHED']);
      expect([result, english === indonesian]).toEqual([result, result === 'MATCHED']);
    }
  });

  it('names who must act, for every finding', () => {
    for (const result of FINDINGS)
      expect(adviseOnMatch(match(result), 'en')).toMatch(/the accountant|a developer|treasury/);
  });

  it('stops everything first when money went out twice, or another amount', () => {
    expect(adviseOnMatch(match('DUPLICATE_IN_STATEMENT'), 'en')).toMatch(/^paid twice: send nothing more/);
    expect(adviseOnMatch(match('AMOUNT_DIFFERS'), 'en')).toMatch(/holds further payouts/);
  });

  it.each<[PayoutLinkStatus, string, RegExp]>([
    ['UNCONFIRMED', 'SUCCESS', /adopts it .*do not create or reissue it/],
    ['REJECTED', 'DEBITED', /adopts it/],
    ['FAILED', 'SUCCESS', /although the link did not succeed here: do not send it again/],
    ['EXPIRED', 'DEBITED', /although the link did not succeed here/],
    ['REVERSED', 'PARTLY_RETURNED', /although the link did not succeed here/],
    ['SUCCEEDED', 'FAILED', /did not leave or came back: .* before it is sent again/],
    ['SUCCEEDED', 'RETURNED', /did not leave or came back/],
    ['REQUESTED', 'FAILED', /disagree on the state/],
    ['PENDING', 'SUCCESS', /disagree on the state/],
  ])('on a link that is %s here and %s there', (bookStatus, statementStatus, advice) => {
    expect(adviseOnMatch(match('STATUS_DIFFERS', { bookStatus, statementStatus }), 'en')).toMatch(advice);
  });
});
