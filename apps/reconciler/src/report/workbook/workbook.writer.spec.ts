import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import readWorkbook, { readSheet } from 'read-excel-file/node';
import type { Cell } from '../csv.js';
import { LocalTime } from '../local-time.js';
import { WorkbookWriter } from './workbook.writer.js';

const HEADERS = ['external_id', 'amount', 'failed_at', 'note'];
const cellsOf = (number: number): Cell[] => [
  `order-${number}`,
  50_000n + BigInt(number),
  new LocalTime('2026-11-23 07:00:01'),
  null,
];

describe('a workbook', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workbook-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (
    name: string,
    sheets: Record<string, number>,
    options: { language?: 'en' | 'id'; maxRows?: number } = {},
  ) => {
    const file = join(folder, name);
    const properties = {
      title: 'R&D 2026-11-23',
      creator: 'test',
      at: new Date('2026-11-23T19:00:00.123Z'),
    };
    const workbook = new WorkbookWriter(file, { language: 'en', properties, ...options });
    for (const [sheetName, rows] of Object.entries(sheets)) {
      const sheet = workbook.sheet(sheetName);
      sheet.begin(HEADERS);
      for (let number = 0; number < rows; number += 1) await sheet.write([cellsOf(number)]);
      await sheet.end();
    }
    const summary = await workbook.close();
    const bytes = await readFile(file);
    const entries = Object.fromEntries(
      Object.entries(unzipSync(bytes)).map(([path, part]) => [path, strFromU8(part)]),
    );
    return { file, bytes, entries, summary };
  };

  it('has its sheets in order, a frozen header, a filter over all rows, and columns as wide as they need', async () => {
    const { file, entries } = await write('sheets.xlsx', { failures: 3, 'open-links': 0 });
    expect((await readWorkbook(file)).map(({ sheet }) => sheet)).toEqual(['failures', 'open-links']);
    const failures = entries['xl/worksheets/sheet1.xml']!;
    expect(failures).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect(failures).toContain('</sheetData><autoFilter ref="A1:D4"/>');
    expect(failures.match(/<col .*?width="\d+"/g)?.map((column) => /width="(\d+)/.exec(column)![1])).toEqual([
      '16',
      '11',
      '21',
      '9',
    ]);
    expect(entries['xl/worksheets/sheet2.xml']).toContain('<autoFilter ref="A1:D1"/>');
    expect(entries['xl/workbook.xml']).toContain("'open-links'!$A$1:$D$1<");
  });

  it('has numbers as numbers, times as dates by the clock of the report, and no formula', async () => {
    const { file, entries } = await write('types.xlsx', { failures: 1 });
    const [header, row] = await readSheet(file, 'failures');
    expect(header).toEqual(HEADERS);
    expect(row!.slice(0, 2)).toEqual(['order-0', 50_000]);
    // The reader returns a Date whose UTC is local time, without fractions of a millisecond.
    expect((row![2] as unknown as Date).getTime()).toBeCloseTo(Date.parse('2026-11-23T07:00:01Z'), -1);
    expect(row![3]).toBeNull();
    expect(Object.values(entries).join('')).not.toMatch(/<f>|<f /);
  });

  it.each([
    ['en', 'more rows, in failures.csv only: 5'],
    ['id', 'baris lainnya, hanya di failures.csv: 5'],
  ] as const)(
    'holds no more rows than it may and says in %s how many more there are',
    async (language, line) => {
      const { file, entries } = await write(
        `limit-${language}.xlsx`,
        { failures: 300, 'open-links': 295 },
        { language, maxRows: 295 },
      );
      const limited = await readSheet(file, 'failures');
      expect(limited).toHaveLength(297);
      expect(limited.slice(-2).map(([cell]) => cell)).toEqual(['order-294', line]);
      expect(entries['xl/worksheets/sheet1.xml']).toContain('<autoFilter ref="A1:D296"/>');
      const whole = await readSheet(file, 'open-links');
      expect(whole).toHaveLength(296);
      expect(whole.at(-1)![0]).toBe('order-294');
    },
  );

  it('is the same bytes every time, on every machine', async () => {
    const [first, second] = [
      await write('first.xlsx', { failures: 5_000, 'open-links': 3 }),
      await write('second.xlsx', { failures: 5_000, 'open-links': 3 }),
    ];
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(first.summary).toEqual({
      rows: 0,
      sums: {},
      sha256: createHash('sha256').update(first.bytes).digest('hex'),
      bytes: first.bytes.length,
    });
    expect(first.entries['docProps/core.xml']).toContain('>2026-11-23T19:00:00Z<');
    expect(first.entries['docProps/core.xml']).toContain('<dc:title>R&amp;D 2026-11-23</dc:title>');
    // Other bytes here change the bytes of every old slot: the version in manifest.generator has to change with them.
    expect(first.summary.sha256).toBe('80c0177eb7fe0241bd81dbe692fcc67ecf13d5783828ea2e9feb283d1bde6fb0');
  });
});
