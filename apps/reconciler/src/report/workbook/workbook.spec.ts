import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import readXlsxFile from 'read-excel-file/node';
import type { Cell } from '../csv.js';
import { HOSTILE_CELLS } from '../hostile-cells.fixture.js';
import { LocalTime } from '../local-time.js';
import { cellText, workbookCell } from './cell.js';
import { Workbook } from './workbook.js';

describe('a workbook', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workbook-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  let count = 0;
  const write = async (rows: Cell[][], limit?: number, language: 'en' | 'id' = 'en') => {
    const workbook = new Workbook(language, limit);
    const add = workbook.sheetOf('failures.csv', ['text', 'amount', 'failed_at']);
    workbook.sheetOf('open-links.csv', ['text'])(['only one']);
    rows.forEach((row) => add(row));
    const file = join(folder, `${(count += 1)}.xlsx`);
    const summary = await workbook.write(file);
    return { file, summary, bytes: await readFile(file) };
  };
  const read = async (file: string) => {
    const sheets = await readXlsxFile(file, { trim: false });
    return sheets[0]!.data;
  };
  const failedAt = new LocalTime(new Date('2026-03-31T18:30:05.999Z'), 'Asia/Jakarta');

  it('holds every text as it is, whatever it looks like, and no formula', async () => {
    const texts = [...HOSTILE_CELLS.formulas, ...HOSTILE_CELLS.harmless];
    const { file, bytes } = await write(texts.map((text) => [text, 1n, null]));
    const rows = await read(file);
    expect(rows.slice(1).map(([text]) => text)).toEqual(texts.map((text) => text.replaceAll(/\r\n?/g, '\n')));
    const sheet = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!);
    expect(sheet).not.toContain('<f');
    expect(sheet).toContain(`<autoFilter ref="A1:C${texts.length + 1}"/>`);
    expect(sheet).toContain('state="frozen"');
  });

  it('holds numbers as numbers up to fifteen digits, longer ones as text, and times as the clock showed them', async () => {
    const amounts = [0n, -5n, 999_999_999_999_999n, 1_000_000_000_000_000n, 9_007_199_254_740_993n, 7];
    const { file } = await write(amounts.map((amount) => ['a', amount, failedAt]));
    const rows = (await read(file)).slice(1);
    expect(rows.map(([, amount]) => amount)).toEqual([
      0,
      -5,
      999_999_999_999_999,
      '1000000000000000',
      '9007199254740993',
      7,
    ]);
    for (const [, , at] of rows) expect(at).toEqual(new Date('2026-04-01T01:30:05Z'));
  });

  it('leaves out what no cell can hold', () => {
    expect(workbookCell(null)).toBeNull();
    expect(cellText('half \uD83D a pair')).toBe('half \uFFFD a pair');
    expect(cellText('x'.repeat(40_000))).toBe(`${'x'.repeat(32_766)}…`);
  });

  it.each([
    ['en', 'and 2 more rows: see failures.csv'],
    ['id', 'dan 2 baris lagi: lihat failures.csv'],
  ] as const)('says in its last row how many more the file has (%s)', async (language, said) => {
    const rows = Array.from({ length: 5 }, (_, index): Cell[] => [`row ${index}`, BigInt(index), null]);
    const { file } = await write(rows, 3, language);
    expect((await read(file)).map(([text]) => text)).toEqual(['text', 'row 0', 'row 1', 'row 2', said]);
    expect((await read((await write(rows, 5, language)).file)).at(-1)![0]).toBe('row 4');
  });

  it('of the same rows has the same bytes at any moment, and is hashed', async () => {
    const rows: Cell[][] = [['a', 1n, failedAt]];
    const first = await write(rows);
    const now = Date.now;
    Date.now = () => now() + 86_400_000;
    try {
      const second = await write(rows);
      expect(second.bytes.equals(first.bytes)).toBe(true);
    } finally {
      Date.now = now;
    }
    const sha256 = createHash('sha256').update(first.bytes).digest('hex');
    expect(first.summary).toEqual({ rows: 0, sums: {}, sha256 });
  });
});
