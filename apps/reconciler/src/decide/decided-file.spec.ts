import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cell } from '../report/csv.js';
import { WorkbookWriter } from '../report/workbook/workbook.writer.js';
import { compareWithReport } from './compare-with-report.js';
import { readDecidedFile, type ReportedCells } from './decided-file.js';

const HEADER =
  'change,external_id,provider_id,account,amount,currency,status,failure_code,days_open,decision,note';
const ROWS = [
  'NEW,order-1,p-1,default,50000,IDR,FAILED,TRANSFER_ERROR,0,RETRY,"bank is open; again"',
  'NEW,0012,,default,70000,IDR,REJECTED,"NEW ""CODE"", Ä",1,,',
];
const FILE = [HEADER, ...ROWS, ''].join('\r\n');
const REPORTED = new Map<string, ReportedCells>(
  [
    ['order-1', 'p-1', '50000', 'FAILED', 'TRANSFER_ERROR'],
    ['0012', '', '70000', 'REJECTED', 'NEW "CODE", Ä'],
  ].map(([external_id, provider_id, amount, status, failure_code]) => [
    external_id!,
    {
      external_id,
      provider_id,
      account: 'default',
      amount,
      currency: 'IDR',
      status,
      failure_code,
    } as ReportedCells,
  ]),
);
const read = (file: string | Uint8Array) => readDecidedFile(Buffer.from(file as Uint8Array));
const differencesOf = async (file: string | Uint8Array) =>
  compareWithReport(await read(file), REPORTED).differences;

describe('a failures.csv that comes back from a spreadsheet', () => {
  it.each<[string, string | Uint8Array]>([
    ['as it was', FILE],
    ['with a byte order mark', `\uFEFF${FILE}`],
    ['with line feeds alone', FILE.replaceAll('\r\n', '\n')],
    ['without an end of its last line', FILE.trimEnd()],
    ['with empty lines at its end', `${FILE},,,,,,,,,,\r\n\r\n`],
    ['in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(FILE, 'utf16le')])],
    ['in the code page of Windows', Buffer.from(FILE, 'latin1')],
    [
      'with every cell in quotes',
      FILE.split('\r\n')
        .map((line, index) => (index === 0 ? `"${line.replaceAll(',', '","')}"` : line))
        .join('\r\n'),
    ],
    ['with its rows in another order', [HEADER, ...ROWS.toReversed()].join('\n')],
    ['with a column of one’s own', FILE.replaceAll('\r\n', ',mine\r\n')],
    ['with other cells changed', FILE.replace(',0,RETRY', ',"1/2",RETRY')],
    ['with an apostrophe before a cell', FILE.replace('0012', "'0012")],
    [
      'with its amounts as a spreadsheet shows them',
      FILE.replace('50000', '"50,000"').replace('70000', '"70.000,00"'),
    ],
  ])('is taken %s', async (_, file) => {
    expect(await differencesOf(file)).toEqual([]);
    const rows = await read(file);
    expect(rows.find(({ external_id }) => external_id === 'order-1')).toMatchObject({
      decision: 'RETRY',
      note: 'bank is open; again',
    });
  });

  it.each([';', '\t'])('is taken with %j between its cells', async (delimiter) => {
    const line = (text: string) => text.replaceAll(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, delimiter);
    expect(await differencesOf(FILE.split('\r\n').map(line).join('\r\n'))).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'an amount',
      FILE.replace('50000', '500000'),
      'row 2, amount (E2): is "500000", was reported as "50000"',
    ],
    ['leading zeros that were lost', FILE.replace('0012', '12'), 'row 3: "12" was not reported'],
    [
      'an external id',
      FILE.replace('order-1', 'order-2'),
      'row 2, external_id (B2): is "order-2", was reported as "order-1"',
    ],
    [
      'a status',
      FILE.replace('FAILED', 'EXPIRED'),
      'row 2, status (G2): is "EXPIRED", was reported as "FAILED"',
    ],
    [
      'a row that was added',
      `${FILE}NEW,mine,p-9,default,1,IDR,FAILED,X,0,RETRY,`,
      'row 4: "mine" was not reported',
    ],
    ['a row that was doubled', `${FILE}${ROWS[0]}`, 'row 4: "order-1" is in the file twice'],
    ['a row that was taken out', [HEADER, ROWS[0]].join('\n'), '"0012" was reported and is missing'],
  ])('is refused with %s, named', async (_, file, problem) => {
    expect(await differencesOf(file)).toContain(problem);
  });

  it('says where an id that a spreadsheet rounded keeps its digits', async () => {
    expect(await differencesOf(FILE.replace('order-1', '9.22337203685478E+18'))).toContain(
      'the spreadsheet has rounded ids: fill in the sheet failures of report.xlsx, which keeps long ids whole',
    );
  });

  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'it is empty'],
    ['another table', 'a,b\n1,2\n', 'it has no column external_id'],
    ['a broken quote', `${HEADER}\n"NEW,x\n`, 'cannot be read as CSV near line'],
    ['bytes of something else', '\u0000\u0001PK', 'neither CSV nor an Excel workbook'],
    ['an old Excel file', Buffer.from('d0cf11e0a1b11ae1ffff', 'hex'), 'old Excel format'],
    ['a ZIP archive of something else', Buffer.from('PK\u0003\u0004 anything'), 'as an Excel workbook'],
  ])('is refused where it is %s, without printing it', async (_, file, message) => {
    const refusal = await read(Buffer.from(file as string)).catch((error: Error) => error.message);
    expect(refusal).toMatch(/^The file was refused, nothing was done:\n {2}/);
    expect(refusal).toContain(message);
    expect(refusal).toMatch(/^[\x20-\x7E\n…]*$/);
  });
});

describe('a report.xlsx that comes back from a spreadsheet', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workbook-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const workbook = async (name: string, records: Cell[][], maxRows?: number) => {
    const file = join(folder, `${name}.xlsx`);
    const properties = { title: name, creator: 'test', at: new Date(0) };
    const writer = new WorkbookWriter(file, { language: 'en', properties, maxRows });
    const sheet = writer.sheet('failures');
    sheet.begin(HEADER.split(','));
    for (const record of records) await sheet.write([record]);
    await sheet.end();
    const other = writer.sheet('open-links');
    other.begin(['external_id']);
    await other.end();
    await writer.close();
    return readFile(file);
  };
  const record = (externalId: string, amount: Cell): Cell[] => [
    'NEW',
    externalId,
    'p-1',
    'default',
    amount,
    'IDR',
    'FAILED',
    'TRANSFER_ERROR',
    0n,
    'RETRY',
    'sure',
  ];

  it('has the rows of its sheet failures, long numbers whole', async () => {
    const id = '9223372036854775807';
    const [row, ...others] = await read(
      await workbook('whole', [record(id, 50_000n), record('0012', 9_007_199_254_740_991n)]),
    );
    expect(row).toMatchObject({ row: 2, external_id: id, amount: '50000', decision: 'RETRY', note: 'sure' });
    expect(others).toMatchObject([{ external_id: '0012', amount: '9007199254740991' }]);
  });

  it('is refused when it does not hold every row', async () => {
    const rows = [record('a', 1n), record('b', 2n)];
    await expect(read(await workbook('cut', rows, 1))).rejects.toThrow('fill in failures.csv instead');
  });
});
