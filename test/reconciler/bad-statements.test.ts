import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BadStatementError } from '../../apps/reconciler/src/statement/bad-statement.error.js';
import { verifyStatementSet } from '../../apps/reconciler/src/statement/verify-statement-set.js';
import { MatchStage, type PlannedLink } from './match.stage.js';

const TRANSACTIONS =
  'Status,Type,Currency,Amount,Reference,Transaction ID,Product ID,Timestamp - Created,Timestamp - Updated,Timezone';
const BALANCE =
  'Product ID,Reference,Transaction Type,Line Type,Currency,Amount,Debit or Credit,Created Date ISO,Time Zone';
const PERIOD = { from: '2026-03-02', to: '2026-03-04' };

const AT = '2026-03-03 09:00:00';
const row = (given: Partial<Record<string, string>> = {}) =>
  [
    given.status ?? 'SUCCESS',
    given.type ?? 'DISBURSEMENT',
    given.currency ?? 'IDR',
    given.amount ?? '50000',
    given.reference ?? 'order-1',
    given.id ?? 'txn-1',
    given.product ?? 'product-1',
    given.created ?? AT,
    given.updated ?? AT,
    given.zone ?? '+0700 UTC',
  ].join(',');
const line = (given: Partial<Record<string, string>> = {}) =>
  [
    given.product ?? 'product-1',
    given.reference ?? 'order-1',
    given.type ?? 'DISBURSEMENT',
    given.part ?? 'TRANSACTION',
    given.currency ?? 'IDR',
    given.amount ?? '50000',
    given.side ?? 'DEBIT',
    given.created ?? AT,
    given.zone ?? '+0700 UTC',
  ].join(',');
const transactions = (...rows: string[]) => [TRANSACTIONS, ...rows, ''].join('\n');
const balance = (...rows: string[]) => [BALANCE, ...rows, ''].join('\n');

const claimedAt = new Date('2026-03-03T09:00:00+07:00');
const paid = (externalId: string): PlannedLink => ({
  account: 'default',
  externalId,
  amount: 50_000n,
  providerId: `link-${externalId}`,
  disbursementId: null,
  claimedAt,
  changes: [
    { to: 'REQUESTED', at: claimedAt },
    { to: 'SUCCEEDED', at: new Date(claimedAt.getTime() + 1_000) },
  ],
});

describe('a statement that cannot be used', () => {
  let stage: MatchStage;
  beforeAll(async () => {
    stage = await MatchStage.open();
    await stage.store([paid('order-1')]);
  });
  afterAll(() => stage.close());

  let before: string;
  beforeEach(async () => {
    const { reportSet } = await stage.match({ ...PERIOD, files: [await stage.file(transactions(row()))] });
    before = await readFile(join(reportSet, 'manifest.json'), 'utf8');
  });

  /** Every file of a refused statement leaves the earlier set as it was. */
  const refusal = async (...contents: (string | Uint8Array)[]): Promise<string> => {
    const files = [];
    for (const content of contents) files.push(await stage.file(content));
    return refusalOf(files);
  };
  const refusalOf = async (files: readonly string[]): Promise<string> => {
    const error: unknown = await stage.match({ ...PERIOD, files }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadStatementError);
    expect(error).toMatchObject({ code: 'BAD_STATEMENT', exitCode: 2 });
    const folder = join(stage.folder, 'reports', 'default', 'statements');
    expect(await readdir(folder)).toEqual(['2026-03-02_2026-03-04']);
    expect(await readFile(join(folder, '2026-03-02_2026-03-04', 'manifest.json'), 'utf8')).toBe(before);
    return (error as Error).message;
  };

  it.each([
    ['has no bytes', '', /is empty/],
    ['has a header only', transactions(), /no rows below the header/],
    ['has a byte order mark only', '\uFEFF', /is empty/],
    ['is a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', /a web page/],
    ['is a workbook', Buffer.from('504b0304140000000800', 'hex'), /not a CSV file/],
    [
      'is of another provider',
      'id,object,amount,currency\npo_1,payout,5,usd\n',
      /neither a Transactions report nor a Balance/,
    ],
    ['is a list of ours', 'external_id,amount,status\norder-1,50000,SUCCEEDED\n', /neither a Transactions/],
    [
      'lacks a column',
      transactions(row()).replace('Transaction ID', 'Number'),
      /row 1: a Transactions report without the column Transaction ID/,
    ],
    [
      'lacks one of two columns',
      balance(line()).replace('Created Date ISO', 'Date'),
      /without the column Created Date ISO or Created Date/,
    ],
    [
      'has a column twice',
      transactions(row()).replace('Timezone', 'amount'),
      /row 1: the column Amount is there twice/,
    ],
    ['is cut off within a row', transactions(row(), row()).slice(0, -60), /row 3, column .*cells/],
    ['is cut off within quotes', `${transactions(row())}"SUCC`, /row 3: a quote/],
    [
      'has a row that is too long',
      transactions(`${row()},more`),
      /row 2, column Timezone: the row has 11 cells, the header has 10/,
    ],
  ] as const)('because it %s', async (_, content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  it.each([
    ['Status', { status: 'PAID' }, '“PAID” is none of PENDING, SUCCESS'],
    ['Transaction ID', { id: '' }, 'it is empty'],
    ['Amount', { amount: '50.000' }, '“50.000” is not whole rupiah'],
    ['Amount', { amount: '-50000' }, '“-50000” is not whole rupiah'],
    ['Amount', { amount: '' }, '“” is not whole rupiah'],
    ['Amount', { amount: 'many', type: 'PAYMENT' }, '“many” is not a number'],
    ['Timestamp - Created', { created: '03/03/2026' }, '“03/03/2026” is not a time'],
    ['Timestamp - Updated', { updated: 'yesterday' }, '“yesterday” is not a time'],
    ['Timezone', { zone: 'Jakarta' }, '“Jakarta” is not an offset'],
  ])('because of a cell in %s: it names file, row and column', async (column, given, reason) => {
    // An empty line counts, as it does in a spreadsheet.
    const message = await refusal(transactions(row(), '', row({ id: 'txn-2', ...given })));
    expect(message).toMatch(new RegExp(`^statement-\\d+\\.csv, row 4, column ${column}: `));
    expect(message).toContain(reason);
  });

  it.each([
    ['Debit or Credit', { side: 'MAYBE' }, 'neither DEBIT nor CREDIT'],
    ['Amount', { amount: '"50,00"' }, 'is not whole rupiah'],
    ['Created Date ISO', { created: '' }, '“” is not a time'],
    ['Product ID', { product: '', reference: '' }, 'it is empty, and so is Reference'],
  ])('because of a cell in %s of a Balance report', async (column, given, reason) => {
    const message = await refusal(balance(line(), line(given)));
    expect(message).toContain(`row 3, column ${column}: `);
    expect(message).toContain(reason);
  });

  it.each([
    [
      'a cell that is too long',
      transactions(row({ reference: 'x'.repeat(1_001) })),
      /row 2, column Reference: it is longer than 1000 characters/,
    ],
    ['no currency', transactions(row({ currency: '' })), /row 2, column Currency: it is empty/],
    [
      'a time zone twice',
      `${TRANSACTIONS},timezone\n${row()},+0900 UTC\n`,
      /row 1: the column Timezone is there twice/,
    ],
    [
      'text that is not UTF-8',
      Buffer.from(transactions(row({ reference: 'Jos\u00e9' })), 'latin1'),
      /row 2, column Reference: it holds a character that is not UTF-8/,
    ],
    ['what a terminal would obey', transactions(row({ status: '\u001b[2J' })), /“\?\[2J” is none of/],
    [
      'an impossible time',
      transactions(row({ created: '0000-01-01 00:00:00' })),
      /column Timestamp - Created: “0000-01-01 00:00:00” is not a time/,
    ],
  ] as const)('because of %s', async (_, content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  it.each([
    ['only failed', row({ status: 'FAILED', reference: 'other-1', product: 'other-2' })],
    ['of another period', row({ reference: 'other-1', product: 'other-2', created: '2025-10-01 09:00:00' })],
  ])('because it may be of another account: its payments are %s', async (_, line2) => {
    expect(await refusal(transactions(line2))).toMatch(/No payment of the statement belongs to a link/);
  });

  it('because of a cell that is not text', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => row({ id: `txn-${index}` }));
    const message = await refusal(transactions(...many, row({ reference: 'a\0b' })));
    expect(message).toMatch(/row 1002, column Reference: it holds a character that is not UTF-8 text/);
  });

  it('because files of both kinds are given', async () => {
    expect(await refusal(transactions(row()), balance(line()))).toMatch(
      /is a Transactions report and statement-\d+\.csv a Balance report: match each kind by itself/,
    );
  });

  it('because a file is not there, or is no file', async () => {
    expect(await refusalOf([join(stage.folder, 'missing.csv')])).toMatch(/there is no such file/);
    await mkdir(join(stage.folder, 'folder.csv'), { recursive: true });
    expect(await refusalOf([join(stage.folder, 'folder.csv')])).toMatch(/is not a file/);
    expect(await refusalOf(['/dev/zero'])).toMatch(/is not a file/);
  });

  it('because nothing in it belongs to a link of the account, and both have payments', async () => {
    expect(await refusal(transactions(row({ reference: 'other-1', product: 'other-2' })))).toMatch(
      /No payment of the statement belongs to a link of the account "default".*--account/,
    );
  });
});

describe('a match that is asked for wrongly', () => {
  let stage: MatchStage;
  beforeAll(async () => {
    stage = await MatchStage.open();
  });
  afterAll(() => stage.close());

  it.each([
    [{ from: '2026-01-31', to: '2026-01-01' }, 'BAD_PERIOD', '--from 2026-01-31 is after --to 2026-01-01'],
    [{ from: '2026-01-01', to: '2099-01-01' }, 'BAD_PERIOD', '2099-01-01 has not begun'],
    [{ from: '2026-01-01', to: '2026-03-31' }, 'BAD_PERIOD', '--fetch takes at most 89 days'],
    [
      { ...PERIOD, account: 'other' },
      'UNKNOWN_ACCOUNT',
      'There is no account "other" in the configuration, only default',
    ],
  ])('%j is bad usage: %s', async (request, code, message) => {
    const given = { files: [], statements: { fetch: 'transactions' as const }, ...request };
    await expect(stage.match(given)).rejects.toMatchObject({
      code,
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });
});

describe('a statement that is written in another way', () => {
  let stage: MatchStage;
  beforeAll(async () => {
    stage = await MatchStage.open();
    await stage.store([paid('order-1'), paid('order-2')]);
  });
  afterAll(() => stage.close());

  const match = async (contents: readonly string[], given: { references?: string[] } = {}) => {
    const files = [];
    for (const content of contents) files.push(await stage.file(content));
    return stage.match({ ...PERIOD, files, ...given });
  };
  const second = { reference: 'order-2', id: 'txn-2', product: 'product-2' };

  it('counts a transaction once, with its latest state, in whatever file it is', async () => {
    const { rows } = await match([
      transactions(row({ updated: '2026-03-03 09:00:05' }), row(second)),
      transactions(row({ status: 'PENDING' })),
    ]);
    expect(rows.map((found) => [found.external_id, found.result, found.statement_status])).toEqual([
      ['order-1', 'MATCHED', 'SUCCESS'],
      ['order-2', 'MATCHED', 'SUCCESS'],
    ]);
  });

  it('counts equal lines of a Balance report in different files once, however they are formatted', async () => {
    const { rows, summary } = await match([
      balance(line(), line(second)),
      balance(
        line({ amount: '"50,000.00"', created: '2026-03-03T02:00:00Z', zone: '' }),
        line({ part: 'FEE', amount: '5000' }),
      ),
    ]);
    expect(
      rows.map(({ external_id, result, statement_amount, fee }) => [
        external_id,
        result,
        statement_amount,
        fee,
      ]),
    ).toEqual([
      ['order-1', 'MATCHED', '50000', '5000'],
      ['order-2', 'MATCHED', '50000', '0'],
    ]);
    expect(summary.fees).toEqual({ count: 1, amount: '5000' });
  });

  it('counts equal lines of one file each: money that left twice', async () => {
    const { rows } = await match([balance(line(), line(), line(second))]);
    expect(rows[0]).toMatchObject({
      result: 'AMOUNT_DIFFERS',
      statement_amount: '100000',
      difference: '50000',
    });
  });

  it('takes a minus sign for a credit', async () => {
    const { rows } = await match([
      balance(line(), line({ amount: '-50000', created: '2026-03-03 10:00:00' }), line(second)),
    ]);
    expect(rows[0]).toMatchObject({
      external_id: 'order-1',
      result: 'STATUS_DIFFERS',
      statement_status: 'RETURNED',
    });
  });

  it('sums other types, currencies and payments, and leaves them out of the comparison', async () => {
    const { summary, rows, reportSet } = await match(
      [
        transactions(
          row(),
          row(second),
          row({ id: 'a', type: 'PAYMENT', amount: '1500.75', reference: 'x' }),
          row({ id: 'b', currency: 'USD', amount: '12.50', reference: 'y' }),
          row({ id: 'c', status: 'FAILED', reference: 'z', product: 'z' }),
          row({ id: 'd', reference: 'other-1', product: 'w', amount: '70000' }),
          row({ id: 'e', type: 'PAYMENT', created: '2026-03-01 09:00:00', reference: 'v' }),
        ),
      ],
      { references: ['order-', 'refund-'] },
    );
    expect(rows).toHaveLength(2);
    expect(summary).toMatchObject({
      statement: { count: 2, amount: '100000' },
      other_payments: { count: 2, amount: '70000' },
      other_types: { count: 1, amount: '1500.75' },
    });
    expect(await readFile(join(reportSet, 'summary.csv'), 'utf8')).toContain(
      'default,USD,other_types,1,12.5\r\n',
    );
  });

  it('sums fees without a payment, and fees that were returned', async () => {
    const { summary, rows } = await match([
      balance(
        line(),
        line(second),
        line({ part: 'FEE', amount: '5000' }),
        line({ part: 'VAT', amount: '550.50' }),
        line({ product: 'billed', reference: 'billed', part: 'FEE', amount: '5000' }),
        line({ ...second, part: 'FEE', amount: '2000' }),
        line({ ...second, part: 'FEE_REVERSAL', amount: '2000', side: 'CREDIT' }),
      ),
    ]);
    expect(rows).toHaveLength(2);
    expect(summary).toMatchObject({
      fees: { count: 2, amount: '10000' },
      vat: { count: 1, amount: '550.5' },
    });
  });

  it('keeps a payment whose transaction id a row of another type has too', async () => {
    const { rows, summary } = await match([
      transactions(
        row(),
        row(second),
        row({ type: 'FEE_ADJUSTMENT', amount: '100', updated: '2026-03-03 23:00:00' }),
      ),
    ]);
    expect(rows.map(({ external_id, result }) => [external_id, result])).toEqual([
      ['order-1', 'MATCHED'],
      ['order-2', 'MATCHED'],
    ]);
    expect(summary.other_types).toEqual({ count: 1, amount: '100' });
  });

  it('is kept, and a change to it is found although it can no longer be read as CSV', async () => {
    const { reportSet } = await match([transactions(row(), row(second))]);
    expect(await verifyStatementSet(reportSet)).toMatchObject({ differences: [], notes: [] });
    await writeFile(join(reportSet, 'statement-1.csv'), `${transactions(row())}"not closed`);
    expect(await verifyStatementSet(reportSet)).toMatchObject({
      differences: [
        expect.stringMatching(/^statement-1\.csv: its SHA-256 is [\da-f]{64}, the manifest says/),
      ],
    });
  });

  it('says so when there is nothing to compare', async () => {
    const files = [await stage.file(transactions(row({ type: 'PAYMENT' })))];
    const { reportSet, findings } = await stage.match({ from: '2026-02-01', to: '2026-02-02', files });
    expect(findings).toBe(0);
    expect(await readFile(join(reportSet, 'match.html'), 'utf8')).toContain(
      'There was nothing to compare: neither side has a payment in this period.',
    );
  });

  it('shows a payment that nothing here knows', async () => {
    const { rows } = await match([
      transactions(row(), row(second), row({ id: 'a', reference: '=1+1', product: 'b' })),
    ]);
    expect(rows[0]).toMatchObject({
      result: 'ONLY_IN_STATEMENT',
      external_id: '',
      book_amount: '',
      reference: "'=1+1",
      difference: '50000',
    });
  });
});
