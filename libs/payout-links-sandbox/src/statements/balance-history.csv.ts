import { stringify } from 'csv-stringify/sync';
import { feesOf, type Transaction } from './transaction.js';

/** One movement of the balance. */
interface Line {
  transaction: Transaction;
  lineType: string;
  amount: number;
  side: 'DEBIT' | 'CREDIT';
  at: number;
}

/** See https://docs.xendit.co/docs/balance-report */
const COLUMNS = [
  'Product ID',
  'Transaction ID',
  'Transaction Type',
  'Line Type',
  'Payment Channel',
  'Reference',
  'Currency',
  'Amount',
  'Balance',
  'Debit or Credit',
  'Created Date ISO',
  'Time Zone',
  'Created Date',
  'Payment Date',
  'Settlement Date',
  'Completed Date',
  'Bank Code',
  'Account Number',
  'Channel Reference',
  'Name',
  'Description',
  'Invoice ID',
];

/**
 * The Balance report: every movement within a time, oldest first.
 * @param opening the balance before all transactions
 */
export function balanceHistoryCsv(
  transactions: readonly Transaction[],
  { from, to, opening }: { from: number; to: number; opening: number },
): string {
  let balance = opening;
  const rows: (string | number)[][] = [];
  for (const line of transactions.flatMap(linesOf).toSorted((a, b) => a.at - b.at)) {
    balance += line.side === 'DEBIT' ? -line.amount : line.amount;
    if (line.at >= from && line.at <= to) rows.push(row(line, balance));
  }
  return stringify(rows, { header: true, columns: COLUMNS });
}

function linesOf(transaction: Transaction): Line[] {
  if (transaction.isVoided) return [];
  const { amount, createdAt, paidAt, returnedAt } = transaction;
  const { fee, vat } = feesOf(transaction);
  return [
    { transaction, lineType: 'TRANSACTION', amount, side: 'DEBIT', at: createdAt },
    ...(paidAt === undefined
      ? []
      : ([
          { transaction, lineType: 'FEE', amount: fee, side: 'DEBIT', at: paidAt },
          { transaction, lineType: 'VAT', amount: vat, side: 'DEBIT', at: paidAt },
        ] as const)),
    ...(returnedAt === undefined
      ? []
      : ([
          { transaction, lineType: 'TRANSACTION_REVERSAL', amount, side: 'CREDIT', at: returnedAt },
        ] as const)),
  ];
}

function row({ transaction, lineType, amount, side, at }: Line, balance: number): (string | number)[] {
  const iso = new Date(at).toISOString();
  const local = iso.slice(0, 19).replace('T', ' ');
  return [
    transaction.productId,
    transaction.id,
    'DISBURSEMENT',
    lineType,
    'BANK',
    transaction.referenceId,
    'IDR',
    amount,
    balance,
    side,
    iso,
    '+0000 UTC',
    local,
    local,
    local,
    local,
    transaction.bankCode,
    transaction.accountNumber,
    transaction.productId.slice(0, 8),
    transaction.accountHolderName,
    '',
    '',
  ];
}
