import { describe, expect, it } from '@jest/globals';
import type { ReconciliationRun } from '../../slot/reconciliation-run.entity.js';
import type { FailureRow } from '../failures.report.js';
import { rollForward, type RollForwardSources } from '../roll-forward.js';
import { pageText } from './page.html.js';
import type { PageFigures } from './page.sections.js';
import { PageTallies } from './page.tallies.js';

const RUN = {
  account: 'default',
  businessDate: '2026-11-22',
  provisional: false,
  sealed: true,
  balance: null as string | null,
  balanceAt: null as Date | null,
  timezone: 'Asia/Jakarta',
  language: 'en' as 'en' | 'id',
  slotEnd: new Date('2026-11-22T17:00:00Z'),
  asOf: new Date('2026-11-22T19:01:00Z'),
};

const COVERAGE: PageFigures['coverage'] = {
  open: 0,
  read: 0,
  unreachable: 0,
  unreachableLinks: [],
  reasons: {},
  unconfirmed: 0,
  watched: 0,
  firstSeenByPoll: null,
};

const FAILURE: FailureRow = {
  change: 'NEW',
  externalId: 'link',
  providerId: 'pl-link',
  email: 'link@example.com',
  redactedAt: null,
  amount: '10000',
  currency: 'IDR',
  attempt: 1,
  status: 'FAILED',
  failedStatus: 'FAILED',
  failureCode: 'INVALID_DESTINATION',
  createdAt: new Date('2026-11-22T03:00:00Z'),
  failedAt: new Date('2026-11-22T04:00:00Z'),
  detectedAt: new Date('2026-11-22T04:00:00Z'),
  detectedBy: 'WEBHOOK',
  failingBefore: false,
  writtenOff: false,
  replacedBy: null,
  lastDecision: null,
  lastNote: null,
  retriedAfter: null,
  retryAttempt: null,
  retriesAtMost: null,
  retriesUsedUp: false,
  lastDecidedAt: null,
};

function pageOf(
  more: Partial<PageFigures> = {},
  run: Partial<typeof RUN> = {},
  failures: Partial<FailureRow>[] = [],
): string {
  const itsRun = { ...RUN, ...run } as ReconciliationRun;
  const tallies = new PageTallies(itsRun);
  for (const failure of failures) tallies.failure({ ...FAILURE, ...failure });
  return pageText({
    run: itsRun,
    tallies,
    states: [],
    rollForward: new Map(),
    trend: [{ date: '2026-11-22', created: 0, succeeded: 0, failuresClosing: 0 }],
    coverage: COVERAGE,
    unread: [],
    webhooks: { byWebhook: 0, byPoll: 0, lags: null, unmatched: 0 },
    ...more,
  });
}

const NOTHING: RollForwardSources = {
  previous: null,
  movements: [],
  failures: new Map(),
  closing: new Map(),
  failuresClosing: new Map(),
  failuresBefore: new Map(),
};

/** The cells of each row with this header, without markup. */
const rowsOf = (page: string, header: string): string[][] =>
  [...page.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)]
    .map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) =>
        cell!.replaceAll(/<[^>]+>/g, '').trim(),
      ),
    )
    .filter(([first]) => first === header);

const factOf = (page: string, label: string) => {
  const [, value] = new RegExp(`<dt>${label}</dt>\\s*<dd>(.*?)</dd>`).exec(page)!;
  return value;
};

describe('the page', () => {
  it('forbids itself everything but its own style', () => {
    const page = pageOf();
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline';`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|url\((?!#)|@import/);
  });

  it('shows what others have named as text, each name in its own direction of writing', () => {
    const hostile = '</style><script>alert("1")</script>';
    const page = pageOf(
      {
        unread: [
          { externalId: hostile, reason: 'timeout' },
          { externalId: '\u202egnp.exe', reason: 'http 500' },
        ],
      },
      { account: hostile },
      [{ failureCode: hostile }],
    );
    expect(page).not.toContain('<script');
    const styles = (text: string) => text.match(/<\/style>/g)!.length;
    expect(styles(page)).toBe(styles(pageOf({}, {}, [{}])));
    expect(page).toContain(
      '<bdi>&lt;/style&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</bdi> (timeout), <bdi>\u202egnp.exe</bdi> (http 500)',
    );
  });

  it('gives each code the advice of its rows: a refused key at create is known, at a claim it is new', () => {
    const page = pageOf({}, {}, [
      { failureCode: 'INVALID_API_KEY', failedStatus: 'REJECTED' },
      { failureCode: 'INVALID_API_KEY', failedStatus: 'FAILED' },
    ]);
    const advice = rowsOf(page, 'INVALID_API_KEY').map((cells) => cells.at(-1));
    expect(new Set(advice)).toEqual(
      new Set([
        'Fix the key or its permission, then create again with the same external id.',
        'Not in the catalogue: review before acting.',
      ]),
    );
  });

  it('counts a replaced failure as its successor, one without a code by its status', () => {
    const page = pageOf({}, {}, [
      { change: 'REPLACED', replacedBy: 'link-r1' },
      { externalId: 'link-r1', failureCode: null, failedStatus: 'REVERSED', amount: '20000' },
      { change: 'SETTLED', status: 'SUCCEEDED' },
    ]);
    expect(rowsOf(page, 'INVALID_DESTINATION')).toEqual([]);
    expect(rowsOf(page, 'REVERSED')).toEqual([
      [
        'REVERSED',
        '1',
        'IDR 20,000',
        expect.stringContaining('Not in'),
        'Not in the catalogue: review before acting.',
      ],
    ]);
  });

  it('shows money to the last rupiah', () => {
    const amount = '9007199254740991';
    const page = pageOf({}, {}, [{ amount }, { amount }, { amount }]);
    expect(rowsOf(page, 'Total')[0]).toEqual(['Total', '3', 'IDR 27,021,597,764,222,973']);
  });

  it('has the lines of the roll-forward where nothing has happened yet, as the CSV has', () => {
    expect(rowsOf(pageOf(), 'open at the end')).toEqual([['open at the end', '0', '0']]);
    expect(rowsOf(pageOf(), 'to settle at the end')).toEqual([['to settle at the end', '0', '0']]);
  });

  it('says whether the totals balance, and that a date is not over', () => {
    expect(pageOf()).toContain('totals balance');
    expect(pageOf()).not.toContain('provisional');
    const lost = rollForward({ ...NOTHING, previous: { IDR: { closing: { count: 1, amount: '10000' } } } });
    const page = pageOf({ rollForward: lost }, { provisional: true, sealed: false });
    expect(page).toContain('totals do NOT balance');
    expect(page).toContain('provisional: the date was not over');
    expect(rowsOf(page, 'difference')).toEqual([
      ['difference', '-1', '-10,000'],
      ['difference', '0', '0'],
    ]);
    expect(pageOf({}, { sealed: false })).toContain('open: some links are not checked yet');
  });

  it.each([
    ['en', 'Changes first seen by a check, not a webhook', '30.9%'],
    ['id', 'Perubahan yang lebih dulu ditemukan lewat pemeriksaan', '30,9%'],
  ] as const)('shows in %s which share of the changes only a poll has found', (language, label, share) => {
    const page = (firstSeenByPoll: number | null) =>
      pageOf({ coverage: { ...COVERAGE, firstSeenByPoll } }, { language });
    expect(factOf(page(0.309_09), label)!.replaceAll(/\s/g, '')).toBe(share);
    expect(factOf(page(null), label)).toBe('–');
  });

  it('names fifty links without a response, and how many more there are', () => {
    const unread = Array.from({ length: 1_234 }, (_, index) => ({
      externalId: `link-${index}`,
      reason: 'timeout',
    }));
    const page = pageOf({ unread });
    expect(page.match(/<bdi>link-\d+<\/bdi>/g)).toHaveLength(50);
    expect(page).toContain('see manifest.json: 1,184');
  });

  it('shows the balance beside what sending the failures again would take', () => {
    const failures = [
      { failureCode: 'INSUFFICIENT_BALANCE', amount: '30000' },
      { failureCode: 'TEMPORARY_TRANSFER_ERROR', amount: '20000' },
      { failureCode: 'INVALID_DESTINATION', amount: '99000' },
    ];
    const page = pageOf({}, { balance: '45000', balanceAt: RUN.asOf }, failures);
    expect(factOf(page, 'Balance at 2026-11-23 02:01:00')).toBe('IDR 45,000');
    expect(factOf(page, 'Failures for lack of balance')).toBe('IDR 30,000');
    expect(factOf(page, 'Failures that may be sent again')).toBe('IDR 50,000');
    expect(factOf(page, 'Missing for these')).toBe('IDR 5,000');
    expect(factOf(pageOf({}, { balance: '50000' }, failures), 'Missing for these')).toBe('IDR 0');
    expect(factOf(pageOf({}, {}, failures), 'Missing for these')).toBe('unknown');
  });

  it('is Indonesian to the last line of the roll-forward', () => {
    const page = pageOf({}, { language: 'id' }, [{}]);
    expect(page).toContain('<html lang="id">');
    expect(rowsOf(page, 'saldo awal')).toEqual([
      ['saldo awal', '0', '0'],
      ['saldo awal', '0', '0'],
    ]);
    for (const word of ['opening', 'closing', 'Amount', 'Failures', 'Ask the']) {
      expect(page).not.toContain(`>${word}`);
    }
  });
});
