import { BadStatementError } from './bad-statement.error.js';
import type { StatementKind } from './statement-line.js';

/** A column that rows are read from: its name, or several of which the first one in the file counts. */
type Needed = readonly string[];

/** See https://docs.xendit.co/docs/transactions-report and https://docs.xendit.co/docs/balance-report */
const NEEDED: Readonly<Record<StatementKind, readonly Needed[]>> = {
  transactions: [
    ['Status'],
    ['Type'],
    ['Currency'],
    ['Amount'],
    ['Reference'],
    ['Transaction ID'],
    ['Product ID', 'Payment ID'],
    ['Timestamp - Created', 'Created Date'],
    ['Timestamp - Updated'],
  ],
  balance: [
    ['Product ID'],
    ['Reference'],
    ['Transaction Type'],
    ['Line Type'],
    ['Currency'],
    ['Amount'],
    ['Debit or Credit'],
    ['Created Date ISO', 'Created Date'],
  ],
};

/** Further columns that are read. */
const OPTIONAL: Readonly<Record<StatementKind, readonly string[]>> = {
  transactions: ['Total Fee', 'Fee', 'Total VAT', 'VAT', 'Channel Name', 'Channel', 'Timezone', 'Time Zone'],
  balance: ['Transaction ID', 'Payment Channel', 'Bank Code', 'Time Zone', 'Timezone'],
};

/** Columns whose texts are stored. */
const KEPT = [
  'Reference',
  'Transaction ID',
  'Product ID',
  'Payment ID',
  'Currency',
  'Channel Name',
  'Channel',
  'Payment Channel',
  'Bank Code',
  'Channel Reference',
];

/** A column that only one kind of report has. */
const TELLTALES: Readonly<Record<StatementKind, readonly string[]>> = {
  transactions: ['Timestamp - Updated', 'Status', 'Type', 'Transaction ID'],
  balance: ['Line Type', 'Debit or Credit', 'Transaction Type'],
};

export const KIND_NAMES: Readonly<Record<StatementKind, string>> = {
  transactions: 'Transactions report',
  balance: 'Balance report',
};

/** The header of a file: what kind it is, and where each column is. */
export class StatementColumns {
  /** The columns of the file whose texts are stored. */
  readonly kept: readonly string[];

  private constructor(
    readonly kind: StatementKind,
    readonly names: readonly string[],
    private readonly positions: ReadonlyMap<string, number>,
  ) {
    this.kept = KEPT.filter((name) => positions.has(name.toLowerCase()));
  }

  /**
   * @param file its name, for errors
   * @throws BadStatementError when it is neither report, lacks a column, or has a needed one twice
   */
  static of(header: readonly string[], file: string): StatementColumns {
    const names = header.map((name) => name.trim());
    const positions = new Map<string, number>();
    for (const [index, name] of names.entries()) {
      const key = name.toLowerCase();
      if (!positions.has(key)) positions.set(key, index);
    }
    const has = (name: string) => positions.has(name.toLowerCase());
    const kind = kindOf(has);
    if (kind === null)
      throw new BadStatementError(
        `${file} is neither a Transactions report nor a Balance report of the provider: ` +
          'its first row has no columns of them. Export one of these reports as CSV',
      );
    const missing = NEEDED[kind].filter((needed) => !needed.some(has)).map((needed) => needed.join(' or '));
    if (missing.length > 0)
      throw new BadStatementError(
        `${file}, row 1: a ${KIND_NAMES[kind]} without the column ${missing.join(', ')}. Export it with all columns`,
      );
    const twice = [...NEEDED[kind].flat(), ...OPTIONAL[kind], 'Channel Reference'].find(
      (name) => names.filter((other) => other.toLowerCase() === name.toLowerCase()).length > 1,
    );
    if (twice !== undefined)
      throw new BadStatementError(`${file}, row 1: the column ${twice} is there twice. Export it again`);
    return new StatementColumns(kind, names, positions);
  }

  /** The cell of the first of these columns that the file has, else an empty text. */
  cell(record: readonly string[], ...names: readonly string[]): string {
    return record[this.positions.get(this.nameOf(names).toLowerCase()) ?? -1] ?? '';
  }

  /** Which of these columns the file has. */
  nameOf(names: readonly string[]): string {
    return names.find((name) => this.positions.has(name.toLowerCase())) ?? names[0]!;
  }
}

/** Null for neither. */
function kindOf(has: (name: string) => boolean): StatementKind | null {
  const found = (kind: StatementKind) => TELLTALES[kind].filter(has).length;
  const [balance, transactions] = [found('balance'), found('transactions')];
  if (Math.max(balance, transactions) < 2) return null;
  return balance > transactions ? 'balance' : 'transactions';
}
