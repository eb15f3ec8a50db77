import { describe, expect, it } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { RefusedFileError } from '../given-file/refused-file.error.js';
import { readPayoutFile } from './payout-file.js';

interface Person {
  externalId: string;
  amount: bigint;
  email: string;
  note: string;
}

const groups = (amount: bigint, separator: string) =>
  amount.toString().replace(/\B(?=(\d{3})+(?!\d))/g, separator);

/** What spreadsheets make of an amount, by the format of its column and the language. */
const AMOUNTS: ((amount: bigint) => string)[] = [
  (amount) => `${amount}`,
  (amount) => groups(amount, '.'),
  (amount) => groups(amount, ','),
  (amount) => groups(amount, ' '),
  (amount) => `${amount}.00`,
  (amount) => `${amount},00`,
  (amount) => `Rp ${groups(amount, '.')}`,
  (amount) => `Rp${amount}`,
  (amount) => Number(amount).toExponential(2).toUpperCase().replace('E+', 'E+0'),
  (amount) => `${amount} `,
  (amount) => `'${amount}`,
  (amount) => `0${amount}`,
  (amount) => `${amount}-`,
  (amount) => `(${amount})`,
];

const people: fc.Arbitrary<Person[]> = fc.uniqueArray(
  fc.record({
    externalId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ;,"'\-.]{0,20}[A-Za-z]$/),
    amount: fc.bigInt({ min: 10_000n, max: 9_007_199_254_740_991n }),
    email: fc.stringMatching(/^[a-z]{1,10}@[a-z]{1,10}\.com$/),
    note: fc.oneof(fc.string(), fc.constantFrom('a;b', 'x,y', 'two\nlines', '"quoted"', '=1+1', 'Café')),
  }),
  { selector: ({ externalId }) => externalId, minLength: 1, maxLength: 8 },
);

const rewriting = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'),
  eol: fc.constantFrom('\n', '\r\n'),
  quoted: fc.boolean(),
  bom: fc.boolean(),
  encoding: fc.constantFrom('utf8', 'utf16le', 'latin1'),
  columns: fc.shuffledSubarray(['externalId', 'amount', 'email', 'note'] as const, { minLength: 4 }),
  header: fc.constantFrom('external_id', 'External_ID', ' EXTERNAL_ID '),
  amount: fc.constantFrom(...AMOUNTS),
  emptyRows: fc.array(fc.nat(8), { maxLength: 3 }),
});

type Rewriting = typeof rewriting extends fc.Arbitrary<infer Value> ? Value : never;

function rewrite(rows: readonly Person[], how: Rewriting): Buffer {
  const names = { externalId: how.header, amount: 'amount', email: 'email', note: 'note' };
  const cells = rows.map((row) =>
    how.columns.map((column) => (column === 'amount' ? how.amount(row.amount) : row[column])),
  );
  for (const at of how.emptyRows)
    cells.splice(
      Math.min(at, cells.length),
      0,
      how.columns.map(() => ''),
    );
  const text = stringify([how.columns.map((column) => names[column]), ...cells], {
    delimiter: how.delimiter,
    record_delimiter: how.eol,
    quoted: how.quoted,
    quoted_match: /[\r\n]/,
  });
  if (how.encoding === 'utf16le') return Buffer.from(`\uFEFF${text}`, 'utf16le');
  return Buffer.from(
    how.bom && how.encoding === 'utf8' ? `\uFEFF${text}` : text,
    how.encoding as BufferEncoding,
  );
}

describe('a file of payouts that a spreadsheet has rewritten', () => {
  it('never pays another amount, person or id than it said before: it says the same, or is refused', () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(people, rewriting, (rows, how) => {
        try {
          const payouts = readPayoutFile(rewrite(rows, how), 'hash', () => []);
          expect(payouts.map(({ externalId, amount, email }) => ({ externalId, amount, email }))).toEqual(
            rows.map(({ externalId, amount, email }) => ({ externalId, amount, email })),
          );
          read += 1;
        } catch (error) {
          if (!(error instanceof RefusedFileError)) throw error;
          refused += 1;
        }
      }),
      { numRuns: 2_000 },
    );
    // Both happen often, else the property would prove nothing.
    expect(Math.min(read, refused)).toBeGreaterThan(50);
  });
});
