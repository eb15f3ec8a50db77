import { balanceLines, moneyLine } from '../money-line.js';

/** What is in a file and what is still to be sent. */
export interface CreatePreview {
  title: string;
  rows: number;
  amount: bigint;
  /** Rows whose link is there already. */
  done: number;
  doneAmount: bigint;
  /** Null: the provider did not say. */
  balance: bigint | null;
}

const ROWS = ['row', 'rows'] as const;

/** Rows and rupiah still to be sent, beside the account's balance: what an operator reads before anything is sent. */
export function previewOfCreate({ title, rows, amount, done, doneAmount, balance }: CreatePreview): string {
  const toSend = amount - doneAmount;
  return [
    title,
    moneyLine('in the file', rows, amount, ROWS),
    moneyLine('there already', done, doneAmount, ROWS),
    moneyLine('to be sent', rows - done, toSend, ROWS),
    ...balanceLines(toSend, balance),
  ].join('\n');
}
