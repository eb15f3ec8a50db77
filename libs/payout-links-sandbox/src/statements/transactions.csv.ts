import { stringify } from 'csv-stringify/sync';
import type { ReportVersion } from './report.js';
import { feesOf, settlementOf, statusOf, updatedAt, type Transaction } from './transaction.js';

/** A column of the report with its value. */
type Column = readonly [header: string, cell: (transaction: Transaction) => string | number];

const empty = () => '';

/** See https://docs.xendit.co/docs/transactions-report */
function columns(version: ReportVersion): readonly Column[] {
  const isLatest = version === 'VERSION_2';
  return [
    ['Status', statusOf],
    ['Type', () => 'DISBURSEMENT'],
    ['Channel', () => 'BANK'],
    ['Channel Name', ({ bankCode }) => bankCode],
    ['Account Number', ({ accountNumber }) => accountNumber],
    ['Currency', () => 'IDR'],
    ['Amount', ({ amount }) => amount],
    [isLatest ? 'Total Fee' : 'Fee', (transaction) => feesOf(transaction).fee],
    [isLatest ? 'Total VAT' : 'VAT', (transaction) => feesOf(transaction).vat],
    ...when(!isLatest, ['3rd Party WHT', () => 0], ['Xendit WHT', () => 0]),
    ['Net Amount', (transaction) => netOf(transaction)],
    ['Reference', ({ referenceId }) => referenceId],
    ['Transaction ID', ({ id }) => id],
    ['Invoice ID', empty],
    ['Batch ID', empty],
    [isLatest ? 'Product ID' : 'Payment ID', ({ productId }) => productId],
    ['Payment Date', ({ paidAt }) => local(paidAt)],
    ['Timestamp - Created', ({ createdAt }) => local(createdAt)],
    ['Timestamp - Updated', (transaction) => local(updatedAt(transaction))],
    ...when(version === 'VERSION_0', ['Timestamp - Settled', ({ paidAt }) => local(paidAt)]),
    ['Estimated Settlement Time', empty],
    ['Actual Settlement Time', ({ paidAt }) => local(paidAt)],
    ['Timezone', () => '+0000 UTC'],
    ['Description', empty],
    ['Channel Reference', ({ productId }) => productId.slice(0, 8)],
    ...when(version !== 'VERSION_0', ['Settlement Status', (transaction) => settlementOf(transaction) ?? '']),
    ['Failure reason', ({ failureReason }) => failureReason ?? ''],
  ];
}

/** The Transactions report. */
export function transactionsCsv(transactions: readonly Transaction[], version: ReportVersion): string {
  const table = columns(version);
  return stringify(
    transactions.map((transaction) => table.map(([, cell]) => cell(transaction))),
    { header: true, columns: table.map(([header]) => header) },
  );
}

function netOf(transaction: Transaction): number {
  const { fee, vat } = feesOf(transaction);
  return transaction.amount + fee + vat;
}

function when(isPresent: boolean, ...these: Column[]): Column[] {
  return isPresent ? these : [];
}

/** Without an offset, which is in a column of its own. */
function local(at: number | undefined): string {
  if (at === undefined) return '';
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
