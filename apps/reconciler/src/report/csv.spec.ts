import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csvText, writeCsv, type Cell, type Columns, type Twin } from './csv.js';
import { LocalTime } from './local-time.js';

interface Row {
  text: string | null;
  amount: bigint;
}

const COLUMNS: Columns<Row> = [
  ['text', (row) => row.text],
  ['amount', (row) => row.amount],
];

/** What is quoted or guarded, and what is neither. */
const HOSTILE = '=+-@\t\r\n ,;"\'ab1\uFF0B\uFF1D\uFF0D\uFF20'.split('');

describe('a CSV file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'csv-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (name: string, rows: Row[]) => {
    const file = join(folder, name);
    async function* source() {
      yield rows.slice(0, 1);
      yield rows.slice(1);
    }
    const summary = await writeCsv(file, COLUMNS, source(), {
      delimiter: ',',
      money: ({ text, amount }) => ({ currency: 'IDR', status: text ?? '', amount }),
    });
    return { file, summary, bytes: await readFile(file) };
  };

  it('begins with a byte order mark and its header, ends every row with CRLF, and is summed and hashed', async () => {
    const { bytes, summary } = await write('plain.csv', [
      { text: 'FAILED', amount: 9_007_199_254_740_993n },
      { text: 'EXPIRED', amount: 1n },
      { text: 'FAILED', amount: -5n },
    ]);
    expect(bytes.toString()).toBe(
      '\uFEFFtext,amount\r\nFAILED,9007199254740993\r\nEXPIRED,1\r\nFAILED,-5\r\n',
    );
    expect(summary).toEqual({
      rows: 3,
      sums: { IDR: { EXPIRED: '1', FAILED: '9007199254740988' } },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
  });

  it('has its header where there are no rows', async () => {
    const { bytes, summary } = await write('empty.csv', []);
    expect(bytes.toString()).toBe('\uFEFFtext,amount\r\n');
    expect(summary).toMatchObject({ rows: 0, sums: {} });
  });

  it('shows times as text and hands the same cells to its twin, once', async () => {
    const seen: unknown[] = [];
    const twin: Twin = {
      begin: (headers) => void seen.push(headers),
      write: async (rows) => void seen.push(...rows),
      end: async () => void seen.push('end'),
    };
    const at = new LocalTime('2026-11-23 07:00:00');
    async function* source() {
      yield [{ text: '=1', amount: 1n }];
    }
    const file = join(folder, 'twin.csv');
    await writeCsv(file, [...COLUMNS, ['at', () => at]], source(), { delimiter: ';', twin });
    expect(await readFile(file, 'utf8')).toBe("\uFEFFtext;amount;at\r\n'=1;1;2026-11-23 07:00:00\r\n");
    expect(seen).toEqual([['text', 'amount', 'at'], ['=1', 1n, at], 'end']);
  });

  it('has every cell as csv-stringify writes it', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...HOSTILE) }));
    const cell = fc.oneof(text, fc.integer(), fc.bigInt(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 })),
        fc.constantFrom(',', ';', '\t'),
        (rows: Cell[][], delimiter) => {
          const expected = stringify(rows, {
            delimiter,
            record_delimiter: 'windows',
            quoted_match: /[,;\t"\r\n]/,
            escape_formulas: true,
          });
          expect(csvText(rows, [], delimiter, false)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('leaves no partial file and hides no error', async () => {
    async function* failing(): AsyncGenerator<Row[]> {
      yield [{ text: 'a', amount: 1n }];
      throw new Error('the database is gone');
    }
    await expect(
      writeCsv(join(folder, 'failing.csv'), COLUMNS, failing(), { delimiter: ',' }),
    ).rejects.toThrow('the database is gone');
  });
});
