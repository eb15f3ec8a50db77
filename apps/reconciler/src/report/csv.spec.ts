import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { HOSTILE_CELLS } from './hostile-cells.fixture.js';
import { writeCsv, type Columns } from './csv.js';

interface Row {
  text: string | null;
  amount: bigint;
}

const COLUMNS: Columns<Row> = [
  ['text', (row) => row.text],
  ['amount', (row) => row.amount],
];

const { formulas: HOSTILE, harmless: HARMLESS } = HOSTILE_CELLS;

describe('a CSV file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'csv-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (name: string, rows: Row[], delimiter = ',') => {
    const file = join(folder, name);
    async function* source() {
      yield* rows;
    }
    const summary = await writeCsv(file, COLUMNS, source(), {
      delimiter,
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
    });
  });

  it('has its header where there are no rows', async () => {
    const { bytes, summary } = await write('empty.csv', []);
    expect(bytes.toString()).toBe('\uFEFFtext,amount\r\n');
    expect(summary).toMatchObject({ rows: 0, sums: {} });
  });

  it.each([',', ';'])(
    'reads back as it was with the delimiter %j, formulas behind an apostrophe',
    async (delimiter) => {
      const texts = [...HOSTILE, ...HARMLESS, null];
      const { bytes } = await write(
        `hostile${delimiter.codePointAt(0)}.csv`,
        texts.map((text, index) => ({ text, amount: BigInt(index) })),
        delimiter,
      );
      const rows = parse<{ text: string; amount: string }>(bytes, {
        bom: true,
        columns: true,
        delimiter,
        // As spreadsheets do.
        record_delimiter: ['\r\n', '\n', '\r'],
      });
      expect(rows.map(({ text }) => text)).toEqual([...HOSTILE.map((text) => `'${text}`), ...HARMLESS, '']);
      expect(rows.map(({ amount }) => amount)).toEqual(texts.map((_, index) => `${index}`));
    },
  );

  it('leaves nothing half-written behind an error unsaid', async () => {
    async function* failing(): AsyncGenerator<Row> {
      yield { text: 'a', amount: 1n };
      throw new Error('the database is gone');
    }
    await expect(
      writeCsv(join(folder, 'failing.csv'), COLUMNS, failing(), { delimiter: ',' }),
    ).rejects.toThrow('the database is gone');
  });
});
