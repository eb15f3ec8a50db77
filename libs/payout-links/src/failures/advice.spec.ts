import { describe, expect, it } from '@jest/globals';
import { adviseOnFailure } from './advice.js';
import { FAILURE_CATALOGUE } from './catalogue.js';

describe('advice on a failure', () => {
  it.each([
    ['INSUFFICIENT_BALANCE', 'RETRY', 'TREASURY'],
    ['INVALID_DESTINATION', 'DO_NOT_RETRY', 'RECIPIENT'],
    ['DESTINATION_MAXIMUM_LIMIT', 'DO_NOT_RETRY', 'RECIPIENT'],
    ['REJECTED_BY_CHANNEL', 'RETRY', 'RECIPIENT'],
    ['TEMPORARY_TRANSFER_ERROR', 'RETRY_LATER', 'NOBODY'],
    ['TRANSFER_ERROR', 'DO_NOT_RETRY', 'DEVELOPER'],
    ['ACCOUNT_NAME_MISMATCH', 'DO_NOT_RETRY', 'RECIPIENT'],
    ['EXPIRED_UNCLAIMED', 'RETRY', 'RECIPIENT'],
    ['RECIPIENT_LOCKED_OUT', 'RETRY', 'RECIPIENT'],
    ['PROVIDER_UNREACHABLE', 'RETRY', 'DEVELOPER'],
    ['A_CODE_NOBODY_KNOWS', 'REVIEW', 'DEVELOPER'],
    ['toString', 'REVIEW', 'DEVELOPER'],
    [null, 'REVIEW', 'DEVELOPER'],
  ])('for %s is %s by %s', (code, retry, owner) => {
    expect(adviseOnFailure({ code })).toMatchObject({ retry, owner });
  });

  it('knows the codes of a refused create only there', () => {
    for (const code of [
      'API_VALIDATION_ERROR',
      'DUPLICATE_PAYOUT_ERROR',
      'DUPLICATE_ERROR',
      'INVALID_API_KEY',
      'REQUEST_FORBIDDEN_ERROR',
    ]) {
      expect(adviseOnFailure({ code, atCreate: true })).toMatchObject({ known: true });
      expect(adviseOnFailure({ code })).toMatchObject({ known: false, retry: 'REVIEW' });
    }
  });

  it('starts the wait of a temporary error at the failure', () => {
    const failedAt = new Date('2026-11-23T01:00:00Z');
    expect(adviseOnFailure({ code: 'TEMPORARY_TRANSFER_ERROR', failedAt }).notBefore).toEqual(
      new Date('2026-11-23T02:00:00Z'),
    );
    expect(adviseOnFailure({ code: 'INVALID_DESTINATION', failedAt }).notBefore).toBeNull();
  });

  it('is English and Indonesian for every code', () => {
    for (const { code, onlyAtCreate } of FAILURE_CATALOGUE.entries) {
      const failure = { code, atCreate: onlyAtCreate };
      const english = adviseOnFailure(failure);
      const indonesian = adviseOnFailure(failure, { language: 'id' });
      for (const text of [english.text, english.meaning, indonesian.text, indonesian.meaning])
        expect(text).not.toBe('');
      expect(indonesian.text).not.toBe(english.text);
    }
  });

  it('prefers the host’s text, and has its own codes', () => {
    const overrides = { TRANSFER_ERROR: { owner: 'TREASURY' }, HOUSE_RULE: { retry: 'RETRY' } } as const;
    expect(adviseOnFailure({ code: 'TRANSFER_ERROR' }, { overrides })).toMatchObject({
      retry: 'DO_NOT_RETRY',
      owner: 'TREASURY',
    });
    expect(adviseOnFailure({ code: 'HOUSE_RULE' }, { overrides })).toMatchObject({
      known: true,
      retry: 'RETRY',
    });
  });
});
