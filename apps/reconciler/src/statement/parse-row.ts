import { createHash } from 'node:crypto';
import { parseDecimal, parseRupiah, parseTime, parseZone } from './cells.js';
import type { StatementColumns } from './statement-columns.js';
import { MONEY_OUT, type StatementLine } from './statement-line.js';

/** A row that cannot be read: in which column, and why. */
export class UnreadableCell {
  constructor(
    readonly column: string,
    readonly reason: string,
  ) {}
}

const STATUSES = ['PENDING', 'SUCCESS', 'FAILED', 'VOIDED', 'REVERSED'];
/** Of what is stored of a row; an external id has 255 characters at most. */
const LONGEST_CELL = 1_000;
const AMOUNT_IS = 'whole rupiah such as 150000 or 150,000.00';
const TIME_IS = 'a time such as 2026-01-31 09:00:00 or 2026-01-31T09:00:00Z';

/** What the kinds of lines are about; others are summed as other types. */
const LINE_PARTS: Readonly<Record<string, StatementLine['part']>> = {
  TRANSACTION: 'payment',
  TRANSACTION_REVERSAL: 'payment',
  FEE: 'fee',
  FEE_REVERSAL: 'fee',
  VAT: 'vat',
  VAT_REVERSAL: 'vat',
};

/** The columns of a Balance report that make two lines the same line; times and amounts are compared by value. */
const CONTENT = {
  texts: [
    'Product ID',
    'Transaction ID',
    'Transaction Type',
    'Line Type',
    'Payment Channel',
    'Reference',
    'Currency',
    'Debit or Credit',
    'Bank Code',
    'Account Number',
    'Channel Reference',
    'Name',
    'Description',
    'Invoice ID',
  ],
  amounts: ['Amount', 'Balance'],
  times: ['Created Date ISO', 'Created Date', 'Payment Date', 'Settlement Date', 'Completed Date'],
} as const;

/** Where a row is. */
export interface RowPlace {
  file: number;
  row: number;
}

/** Parses one row of a statement. Pure: its place is only copied. */
export function parseRow(
  columns: StatementColumns,
  record: readonly string[],
  place: RowPlace,
): StatementLine | UnreadableCell {
  const { length } = columns.names;
  if (record.length !== length) {
    const column = columns.names[Math.min(record.length, length - 1)]!;
    return new UnreadableCell(column, `the row has ${record.length} cells, the header has ${length}`);
  }
  // U+FFFD is what became of bytes that are not UTF-8.
  const garbled = record.findIndex((cell) => /[\0\uFFFD]/.test(cell));
  if (garbled >= 0)
    return new UnreadableCell(columns.names[garbled]!, 'it holds a character that is not UTF-8 text');
  const long = columns.kept.find((name) => columns.cell(record, name).length > LONGEST_CELL);
  if (long !== undefined) return new UnreadableCell(long, `it is longer than ${LONGEST_CELL} characters`);
  return columns.kind === 'transactions'
    ? transactionLine(columns, record, place)
    : balanceLine(columns, record, place);
}

function transactionLine(
  columns: StatementColumns,
  record: readonly string[],
  place: RowPlace,
): StatementLine | UnreadableCell {
  const cell = (...names: string[]) => columns.cell(record, ...names);
  const currency = word(cell('Currency'));
  if (currency === '') return new UnreadableCell('Currency', 'it is empty');
  const isPayout = currency === 'IDR' && MONEY_OUT.includes(word(cell('Type')));
  const status = word(cell('Status'));
  if (isPayout && !STATUSES.includes(status))
    return new UnreadableCell('Status', `“${shown(cell('Status'))}” is none of ${STATUSES.join(', ')}`);
  const transactionId = cell('Transaction ID').trim();
  if (isPayout && transactionId === '') return new UnreadableCell('Transaction ID', 'it is empty');
  const amount = amountOf(cell('Amount'), isPayout);
  if (amount === null) return badAmount(cell('Amount'), isPayout);
  const zone = cell('Timezone', 'Time Zone');
  const createdAt = createdAtOf(columns, record, zone, ['Timestamp - Created', 'Created Date']);
  if (createdAt instanceof UnreadableCell) return createdAt;
  const updated = cell('Timestamp - Updated');
  // A row that was never updated may leave it empty.
  const updatedAt = updated.trim() === '' ? createdAt : parseTime(updated, zone);
  if (updatedAt === null) return badTime('Timestamp - Updated', updated);
  const [feeColumn, vatColumn] = [columns.nameOf(['Total Fee', 'Fee']), columns.nameOf(['Total VAT', 'VAT'])];
  const [fee, vat] = [feeOf(cell(feeColumn)), feeOf(cell(vatColumn))];
  if (isPayout && fee === null) return badFee(feeColumn, cell(feeColumn));
  if (isPayout && vat === null) return badFee(vatColumn, cell(vatColumn));
  return {
    ...place,
    part: isPayout ? 'payment' : 'other',
    key: transactionId === '' ? `row ${place.row} of file ${place.file}` : transactionId,
    transactionId,
    productId: cell('Product ID', 'Payment ID').trim(),
    reference: cell('Reference'),
    currency,
    amount,
    status,
    createdAt,
    updatedAt,
    fee: fee ?? '0',
    vat: vat ?? '0',
    channel: cell('Channel Name').trim() || cell('Channel').trim(),
    channelReference: cell('Channel Reference').trim(),
  };
}

function balanceLine(
  columns: StatementColumns,
  record: readonly string[],
  place: RowPlace,
): StatementLine | UnreadableCell {
  const cell = (...names: string[]) => columns.cell(record, ...names);
  const currency = word(cell('Currency'));
  if (currency === '') return new UnreadableCell('Currency', 'it is empty');
  const isPayout = currency === 'IDR' && MONEY_OUT.includes(word(cell('Transaction Type')));
  const part = (isPayout && LINE_PARTS[word(cell('Line Type'))]) || 'other';
  const productId = cell('Product ID').trim();
  const reference = cell('Reference');
  if (part === 'payment' && productId === '' && reference.trim() === '')
    return new UnreadableCell('Product ID', 'it is empty, and so is Reference');
  const given = cell('Amount').trim();
  const unsigned = part === 'other' ? given : given.replace(/^-/, '');
  const amount = amountOf(unsigned, part === 'payment');
  if (amount === null) return badAmount(given, part === 'payment');
  const side = word(cell('Debit or Credit'));
  if (side !== 'DEBIT' && side !== 'CREDIT')
    return new UnreadableCell('Debit or Credit', `“${shown(side)}” is neither DEBIT nor CREDIT`);
  const zone = cell('Time Zone', 'Timezone');
  const createdAt = createdAtOf(columns, record, zone, ['Created Date ISO', 'Created Date']);
  if (createdAt instanceof UnreadableCell) return createdAt;
  const isCredit = side === 'CREDIT' || given.startsWith('-');
  return {
    ...place,
    part,
    key: contentOf(columns, record, zone),
    transactionId: cell('Transaction ID').trim(),
    productId,
    reference,
    currency,
    amount: negate(amount.replace(/^-/, ''), isCredit),
    status: null,
    createdAt,
    updatedAt: createdAt,
    fee: '0',
    vat: '0',
    channel: cell('Payment Channel').trim() || cell('Bank Code').trim(),
    channelReference: cell('Channel Reference').trim(),
  };
}

/** The same for two rows that are equal in every known column, however they are formatted. */
function contentOf(columns: StatementColumns, record: readonly string[], zone: string): string {
  const values = [
    ...CONTENT.texts.map((name) => columns.cell(record, name).trim()),
    ...CONTENT.amounts.map((name) => parseDecimal(columns.cell(record, name)) ?? columns.cell(record, name)),
    ...CONTENT.times.map((name) => {
      const text = columns.cell(record, name);
      return parseTime(text, zone)?.toISOString() ?? text;
    }),
  ];
  return createHash('sha256').update(JSON.stringify(values)).digest('base64');
}

function createdAtOf(
  columns: StatementColumns,
  record: readonly string[],
  zone: string,
  names: readonly string[],
): Date | UnreadableCell {
  if (parseZone(zone) === null) return badZone(columns, zone);
  const text = columns.cell(record, ...names);
  return parseTime(text, zone) ?? badTime(columns.nameOf(names), text);
}

function amountOf(text: string, isPayout: boolean): string | null {
  return isPayout ? parseRupiah(text) : parseDecimal(text);
}

/** An empty cell is no fee. */
function feeOf(text: string): string | null {
  return text.trim() === '' ? '0' : parseDecimal(text);
}

function negate(amount: string, isNegative: boolean): string {
  return isNegative && amount !== '0' ? `-${amount}` : amount;
}

function badAmount(text: string, isPayout: boolean): UnreadableCell {
  return new UnreadableCell('Amount', `“${shown(text)}” is not ${isPayout ? AMOUNT_IS : 'a number'}`);
}

function badFee(column: string, text: string): UnreadableCell {
  return new UnreadableCell(column, `“${shown(text)}” is not a number`);
}

function badTime(column: string, text: string): UnreadableCell {
  return new UnreadableCell(column, `“${shown(text)}” is not ${TIME_IS}`);
}

function badZone(columns: StatementColumns, text: string): UnreadableCell {
  const column = columns.nameOf(['Timezone', 'Time Zone']);
  return new UnreadableCell(column, `“${shown(text)}” is not an offset such as +0700 UTC`);
}

function word(text: string): string {
  return text.trim().toUpperCase();
}

/** For an error: not the whole of a long cell, and nothing that a terminal would obey. */
function shown(text: string): string {
  const harmless = text.replace(/\p{C}/gu, '?');
  return harmless.length > 40 ? `${harmless.slice(0, 40)}…` : harmless;
}
