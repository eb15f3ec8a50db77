import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { CreatePayoutLink } from 'nestjs-payout-links';
import { readPayoutFile, type Payout } from './payout-file.js';

const HEADER = 'external_id,amount,email';

/** The rules of the library's class. */
const invalidFields = (payout: Payout) =>
  validateSync(Object.assign(new CreatePayoutLink(), payout)).flatMap(({ property: field, constraints }) =>
    Object.values(constraints ?? {}).map((message) => ({ field, message })),
  );
const readBytes = (bytes: Buffer) => readPayoutFile(bytes, 'hash', invalidFields);
const read = (content: string) => readBytes(Buffer.from(content));

describe('a file of payouts', () => {
  it.each<[string, string, RegExp[]]>([
    [
      'a point in an amount',
      `${HEADER}\np-1,1.000.000,a@example.com`,
      [/row 2, amount \(B2\): "1\.000\.000" is not an amount/],
    ],
    ['a comma in an amount', `${HEADER}\np-1,"1,000,000",a@example.com`, [/B2/]],
    ['a currency', `${HEADER}\np-1,Rp 10.000,a@example.com`, [/B2/]],
    ['an exponent', `${HEADER}\np-1,1E+06,a@example.com`, [/B2/]],
    ['decimals', `${HEADER}\np-1,10000.00,a@example.com`, [/B2/]],
    ['a leading zero', `${HEADER}\np-1,010000,a@example.com`, [/B2/]],
    ['a space around an amount', `${HEADER}\np-1, 10000,a@example.com`, [/B2/]],
    ['a sign', `${HEADER}\np-1,+10000,a@example.com`, [/B2/]],
    ['digits of another script', `${HEADER}\np-1,１００００,a@example.com`, [/B2/]],
    ['no amount', `${HEADER}\np-1,,a@example.com`, [/B2/]],
    ['too much', `${HEADER}\np-1,9007199254740992,a@example.com`, [/B2/]],
    [
      'a shortened id',
      `${HEADER}\n1.2E+15,50000,a@example.com`,
      [/A2\): "1.2E\+15" is a number that the spreadsheet/],
    ],
    ['an id with a space at its end', `${HEADER}\n"p-1 ",50000,a@example.com`, [/A2/]],
    ['no id', `${HEADER}\n,50000,a@example.com`, [/A2/]],
    ['no address', `${HEADER}\np-1,50000,`, [/C2\): it is not an e-mail address/]],
    ['an address with a space', `${HEADER}\np-1,50000,a@example.com `, [/C2/]],
    [
      'an id twice',
      `${HEADER}\np-1,50000,a@example.com\n\np-1,50000,a@example.com`,
      [/row 4, external_id \(A4\): "p-1" is in row 2 already/],
    ],
    [
      'several faults',
      `email;Amount;EXTERNAL_ID\nx;1;1E+20\na@example.com;50000;ok\nb@example.com;0;p`,
      [/C2/, /A2/, /row 4, amount \(B4\)/],
    ],
    ['a column missing', 'external_id,amount\np-1,50000', [/no column email/]],
    ['a column twice', `${HEADER},Email\np-1,50000,a@example.com,b@example.com`, [/column email twice/]],
    [
      'a column of ours',
      `${HEADER},batchId\np-1,50000,a@example.com,7`,
      [/batchId \(D2\): rename the column/],
    ],
    ['more cells than names', `${HEADER}\np-1,50000,a@example.com,`, [/row 2 \(D2\)/]],
    ['an unclosed quote', `${HEADER}\n"p-1,50000,a@example.com\n`, [/cannot be read as CSV/]],
    ['nothing in it', '', [/no column external_id/]],
  ])('is refused with %s, naming the cell and no address', (_, content, messages) => {
    let refusal = '';
    try {
      read(content);
    } catch (error) {
      refusal = (error as Error).message;
    }
    for (const message of messages) expect(refusal).toMatch(message);
    expect(refusal).not.toMatch(/@example/);
  });

  it('keeps every other column as it is named, whatever it is named', () => {
    const [row] = read(`${HEADER}, Cost center ,__proto__,toString\np-1,50000,a@example.com,17,x,y`);
    expect(Object.entries(row!.metadata)).toEqual([
      ['Cost center', '17'],
      ['__proto__', 'x'],
      ['toString', 'y'],
      ['batchId', 'hash'],
    ]);
  });

  const text = (delimiter: string, eol: string) =>
    [
      ['Email', ' AMOUNT ', 'note', 'External_ID'],
      ['"a@example.com"', '50000', '"Café ""A"""', 'p-1'],
      ['b@example.com', '60000', `"two${eol}lines"`, 'p-2'],
    ]
      .map((cells) => cells.join(delimiter) + eol)
      .join('');
  it.each<[string, Buffer]>([
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text(',', '\r\n')}`)],
    ['semicolons', Buffer.from(text(';', '\n'))],
    ['line ends of two kinds', Buffer.from(text(';', '\r\n').replace('\r\n', '\n'))],
    ['line ends of old computers', Buffer.from(text(',', '\r'))],
    ['tabs in UTF-16', Buffer.from(`\uFEFF${text('\t', '\r\n')}`, 'utf16le')],
    ['tabs in UTF-16, the other way round', Buffer.from(`\uFEFF${text('\t', '\r\n')}`, 'utf16le').swap16()],
    ['Western code page', Buffer.from(text(';', '\r\n'), 'latin1')],
  ])('is read as spreadsheets save it: %s', (_, bytes) => {
    expect(readBytes(bytes)).toMatchObject([
      { row: 2, externalId: 'p-1', amount: 50_000n, email: 'a@example.com', metadata: { note: 'Café "A"' } },
      {
        row: 3,
        externalId: 'p-2',
        amount: 60_000n,
        metadata: { note: expect.stringMatching(/^two\s+lines$/) },
      },
    ]);
  });
});
