import type { FieldError } from 'nestjs-payout-links';
import { quoteCell, RefusedFileError } from '../given-file/refused-file.error.js';
import { refusalOfAmount, refusalOfId } from './cells.js';
import { readTable, type TableRow } from './table.js';

/** One payout of a file. */
export interface Payout {
  externalId: string;
  /** Whole rupiah. */
  amount: bigint;
  email: string;
  /** The other columns, and `batchId`. */
  metadata: Record<string, string>;
}

/** A payout and where it is in the file. */
export interface PayoutRow extends Payout {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  /** The reference of a cell, such as ` (B5)`. */
  at: (column: string) => string;
}

const NEEDED = ['external_id', 'amount', 'email'];
const BATCH = 'batchId';
const COLUMN_OF_FIELD: Readonly<Record<string, string>> = {
  externalId: 'external_id',
  amount: 'amount',
  email: 'email',
};

/**
 * Parses a file of payouts and checks every cell.
 * @param batchId stored with each link: the hash of the file
 * @param invalidFields the library's rules for one payout
 * @throws RefusedFileError naming every wrong cell by row and column
 */
export function readPayoutFile(
  bytes: Buffer,
  batchId: string,
  invalidFields: (payout: Payout) => readonly FieldError[],
): PayoutRow[] {
  const problems: string[] = [];
  const firstRows = new Map<string, number>();
  const rows = readTable(bytes, { needed: NEEDED }).map((given): PayoutRow => {
    const refuse = (column: string, why: string) =>
      problems.push(`row ${given.row}, ${column}${given.at(column)}: ${why}`);
    if (Object.hasOwn(given.others, BATCH))
      refuse(BATCH, 'rename the column: the file’s hash is kept under this name');
    const externalId = given.cell('external_id');
    const earlier = firstRows.get(externalId);
    if (earlier === undefined) firstRows.set(externalId, given.row);
    else refuse('external_id', `${quoteCell(externalId)} is in row ${earlier} already`);
    const payout = payoutOf(given, batchId);
    for (const [column, why] of faultsOf(given, payout, invalidFields)) refuse(column, why);
    return { ...payout, row: given.row, at: given.at };
  });
  if (problems.length > 0) throw new RefusedFileError(problems);
  return rows;
}

function payoutOf({ cell, others }: TableRow, batchId: string): Payout {
  const amount = cell('amount');
  return {
    externalId: cell('external_id'),
    amount: refusalOfAmount(amount) === null ? BigInt(amount) : 0n,
    email: cell('email'),
    metadata: { ...others, [BATCH]: batchId },
  };
}

/** One message per column: the spreadsheet's doing first, else the library's. */
function faultsOf(
  { cell }: TableRow,
  payout: Payout,
  invalidFields: (payout: Payout) => readonly FieldError[],
): Map<string, string> {
  const faults = new Map<string, string>();
  const amount = refusalOfAmount(cell('amount'));
  if (amount !== null) faults.set('amount', amount);
  const externalId = refusalOfId(payout.externalId);
  if (externalId !== null) faults.set('external_id', externalId);
  for (const { field, message } of invalidFields(payout)) {
    const column = COLUMN_OF_FIELD[field];
    if (column === undefined) faults.set('other columns', message);
    // An address is named by its cell alone: messages hold none.
    else if (column === 'email') faults.set(column, 'it is not an e-mail address');
    else if (!faults.has(column))
      faults.set(column, `${quoteCell(cell(column))}: ${message.replace(field, column)}`);
  }
  return faults;
}
