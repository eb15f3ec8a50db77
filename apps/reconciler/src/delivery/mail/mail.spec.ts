import { describe, expect, it } from '@jest/globals';
import { MATCH_RESULTS, type MatchResult } from '../../statement/match.js';
import type { DeliveryContent } from '../content.js';
import { mailOf } from './mail.js';

const worth = (count: number) => ({ count, amount: String(count * 50_000) });

function slot(given: object = {}, failures = 0, language: 'en' | 'id' = 'en'): DeliveryContent {
  return {
    type: 'slot',
    result: {
      account: 'default',
      date: '2026-11-27',
      reportSet: '/srv/reports/default/2026-11-27',
      incomplete: false,
      provisional: false,
      footed: true,
      discrepancies: 0,
      coverage: { open: 12, read: 10, unreachable: 2, reasons: { timeout: 2 } },
      ...given,
    },
    digest: {
      language,
      lines: {
        IDR: { closing: worth(12), failures_new: worth(failures), failures_closing: worth(failures) },
      },
      owners:
        failures === 0
          ? []
          : [{ owner: 'RECIPIENT', count: failures, amounts: { IDR: worth(failures).amount } }],
      first: Array.from({ length: Math.min(20, failures) }, (_, index) => ({
        change: 'NEW',
        externalId: `refund-<${index + 1}>`,
        amount: '50000',
        currency: 'IDR',
        code: 'INVALID_DESTINATION',
        action: 'Ask the recipient to confirm the account.',
      })),
    },
  } as unknown as DeliveryContent;
}

function statement(findings: number, balanced = true): DeliveryContent {
  const nothing = { count: 0, amount: '0' };
  const outcome = {
    account: 'default',
    from: '2026-11-01',
    to: '2026-11-30',
    reportSet: '/srv/reports/default/statements/2026-11-01_2026-11-30',
    results: {
      ...(Object.fromEntries(MATCH_RESULTS.map((result) => [result, nothing])) as Record<
        MatchResult,
        typeof nothing
      >),
      ONLY_IN_BOOKS: { count: findings, amount: String(findings * 50_000) },
    },
    fees: '5000',
    vat: '550',
    balanced,
    exitCode: 0,
  };
  return { type: 'statement', outcome, findings };
}

const failed: DeliveryContent = {
  type: 'failed',
  run: {
    account: 'default',
    date: '2026-11-27',
    code: 'DATABASE_UNAVAILABLE',
    message: 'It cannot be reached.',
  },
};

const options = { language: 'en', notAttached: { tooLarge: [], missing: [] } } as const;

describe('the subject says whether someone must act', () => {
  it.each([
    [slot(), 'Payout links default 2026-11-27: 0 failures to settle, balanced'],
    [slot({}, 1), 'Payout links default 2026-11-27: 1 failure to settle, balanced'],
    [slot({ incomplete: true }, 2), 'Payout links default 2026-11-27: 2 failures to settle, INCOMPLETE'],
    [
      slot({ incomplete: true, footed: false }),
      'Payout links default 2026-11-27: 0 failures to settle, DOES NOT BALANCE',
    ],
    [slot({}, 2, 'id'), 'Payout links default 2026-11-27: 2 failures to settle, balanced'],
    [failed, 'Payout links default 2026-11-27: COULD NOT RUN'],
    [statement(0), 'Payout links default 2026-11-01–2026-11-30: books agree'],
    [statement(1), 'Payout links default 2026-11-01–2026-11-30: 1 finding'],
    [statement(3), 'Payout links default 2026-11-01–2026-11-30: 3 findings'],
    [statement(3, false), 'Payout links default 2026-11-01–2026-11-30: DOES NOT BALANCE'],
  ])('%#: %s', (content, subject) => {
    expect(mailOf(content, options).subject).toBe(subject);
  });
});

describe('a mail', () => {
  it('reads as text', () => {
    const { text } = mailOf(slot({ incomplete: true, provisional: true }, 1), {
      ...options,
      link: 'https://pay.example.com/reports/',
    });
    expect(text).toMatchInlineSnapshot(`
     "Payout links default 2026-11-27

     Incomplete: 2 open links had no usable response (timeout 2).
     The report is not final: it will be written again when these links have been read, or at the sealing time.

     AT THE END OF THE DATE
       Failures to settle          1 · IDR 50,000
       Open links                  12 · IDR 600,000
       Discrepancies               0
       Links read at the provider  10 of 12

     WHAT CHANGED
       Created                          0
       Succeeded                        0
       New failures                     1 · IDR 50,000
       Reopened failures                0
       Failures replaced by a new link  0
       Failures settled                 0
       Failures written off             0

     WHO MUST ACT
       Recipient  1 · IDR 50,000

     WHAT TO DO FIRST
       refund-<1> · IDR 50,000 · INVALID_DESTINATION · new
         Ask the recipient to confirm the account.

     Report: https://pay.example.com/reports/default/2026-11-27/
     "
    `);
  });

  it('is in the language of the report', () => {
    const { text, html } = mailOf(slot({}, 1, 'id'), options);
    for (const part of [text, html]) expect(part).toMatch(/Kegagalan belum selesai/);
    expect(html).toContain('<html lang="id">');
  });

  it('names at most twenty failures, and counts the rest', () => {
    const { text } = mailOf(slot({}, 25), options);
    expect([text.match(/refund-/g)?.length, text.includes('and 5 more in failures.csv')]).toEqual([20, true]);
  });

  it('shows no address, even where an external id is one', () => {
    const content = slot({}, 1) as Extract<DeliveryContent, { type: 'slot' }>;
    content.digest.first[0]!.externalId = 'budi@recipient.example';
    const { text, html } = mailOf(content, options);
    for (const part of [text, html]) expect(part).toMatch(/b\*\*\*@recipient\.example/);
    expect(text + html).not.toContain('budi@');
  });

  it('says that there was nothing to compare', () => {
    expect(mailOf(statement(0), options).text).toContain('nothing to compare');
  });

  it('escapes what comes from elsewhere', () => {
    const { html } = mailOf(slot({}, 1), options);
    expect(html).toContain('refund-&lt;1&gt;');
    expect(html).not.toContain('refund-<');
  });

  it('loads nothing', () => {
    const { html } = mailOf(slot({}, 3), { ...options, link: 'https://pay.example.com/reports' });
    expect(html).not.toMatch(/<(img|script|link|iframe)|url\(|@import/i);
  });

  it('says what failed and what happens next', () => {
    expect(mailOf(failed, options).text).toMatch(
      /DATABASE_UNAVAILABLE\n\s+It cannot be reached\.[^]*serve tries again/,
    );
  });
});
