/** The provider's reports that are understood. */
export type StatementKind = 'transactions' | 'balance';

/** The provider's types of payouts. */
export const MONEY_OUT: readonly string[] = ['DISBURSEMENT', 'BATCH_DISBURSEMENT'];

/** One row of a statement, of either kind. Amounts are decimal strings. */
export interface StatementLine {
  /** Of the file, from 1. */
  file: number;
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  /** `payment`: money of a rupiah payout; `fee`, `vat`: on one; `other`: of other types and currencies. */
  part: 'payment' | 'fee' | 'vat' | 'other';
  /** Transactions: the transaction's id. Balance: the content, equal for equal lines. */
  key: string;
  transactionId: string;
  productId: string;
  reference: string;
  currency: string;
  /** Balance: negative for a credit. */
  amount: string;
  /** The provider's word; null in a Balance report. */
  status: string | null;
  createdAt: Date;
  updatedAt: Date;
  /** Transactions: in columns of their own. */
  fee: string;
  vat: string;
  channel: string;
  channelReference: string;
}
