import { describe, expect, it } from '@jest/globals';
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
const differencesOf = (text: string | Uint8Array) =>
  compareWithReport(readDecidedFile(typeof text === 'string' ? Buffer.from(text) : text), REPORTED)
    .differences;

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
  ])('is taken %s', (_, file) => {
    expect(differencesOf(file)).toEqual([]);
    const rows = readDecidedFile(typeof file === 'string' ? Buffer.from(file) : file);
    expect(rows.find(({ external_id }) => external_id === 'order-1')).toMatchObject({
      decision: 'RETRY',
      note: 'bank is open; again',
    });
  });

  it.each([';', '\t'])('is taken with %j between its cells', (delimiter) => {
    const line = (text: string) => text.replaceAll(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, delimiter);
    expect(differencesOf(FILE.split('\r\n').map(line).join('\r\n'))).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['an amount', FILE.replace('50000', '500000'), 'line 2, amount: is "500000", was reported as "50000"'],
    ['leading zeros that were lost', FILE.replace('0012', '12'), 'line 3: 12 was not reported'],
    [
      'an external id',
      FILE.replace('order-1', 'order-2'),
      'line 2, external_id: is "order-2", was reported as "order-1"',
    ],
    ['a status', FILE.replace('FAILED', 'EXPIRED'), 'line 2, status: is "EXPIRED", was reported as "FAILED"'],
    [
      'a row that was added',
      `${FILE}NEW,mine,p-9,default,1,IDR,FAILED,X,0,RETRY,`,
      'line 4: mine was not reported',
    ],
    ['a row that was doubled', `${FILE}${ROWS[0]}`, 'line 4: order-1 is in the file twice'],
    ['a row that was taken out', [HEADER, ROWS[0]].join('\n'), '0012 was reported and is missing'],
  ])('is refused with %s, named', (_, file, problem) => {
    expect(differencesOf(file)).toContain(problem);
  });

  it.each([
    ['nothing', ''],
    ['another table', 'a,b\n1,2\n'],
    ['a broken quote', `${HEADER}\n"NEW,x\n`],
    ['bytes of something else', '\u0000\u0001PK'],
  ])('is refused where it is %s', (_, file) => {
    expect(() => readDecidedFile(Buffer.from(file))).toThrow('The file was refused, nothing was done');
  });
});
