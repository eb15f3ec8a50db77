import type { MatchResult } from './match.js';

/** A number of rows and their money, as a decimal string. */
export interface CountedAmount {
  count: number;
  amount: string;
}

/** What both sides add up to, each by a query of its own. */
export interface SideTotals {
  books: CountedAmount;
  statement: CountedAmount;
  fees: CountedAmount;
  vat: CountedAmount;
  otherPayments: CountedAmount;
  otherTypes: (CountedAmount & { currency: string })[];
}

/** The lines between our database and the statement, each with the results that it sums. */
const BRIDGE_LINES = [
  'only_in_statement',
  'only_in_books',
  'duplicate_in_statement',
  'amount_differs',
  'status_differs',
  'timing',
  'pending',
] as const;

/** The lines of `summary.csv`, from our database to the statement, then for information. */
const SUMMARY_LINES = [
  'books',
  ...BRIDGE_LINES,
  'statement',
  'difference',
  'fees',
  'vat',
  'other_payments',
  'other_types',
] as const;
export type SummaryLine = (typeof SUMMARY_LINES)[number];

export const BRIDGE: readonly SummaryLine[] = BRIDGE_LINES;

/** The bridge line of a result; null for matched rows, of which only those with a difference are in one. */
const LINE_OF: Readonly<Record<MatchResult, SummaryLine | null>> = {
  ONLY_IN_STATEMENT: 'only_in_statement',
  ONLY_IN_BOOKS: 'only_in_books',
  DUPLICATE_IN_STATEMENT: 'duplicate_in_statement',
  AMOUNT_DIFFERS: 'amount_differs',
  STATUS_DIFFERS: 'status_differs',
  TIMING: 'timing',
  MATCHED: null,
};

/** A number of rows and their worth. */
export interface Counted {
  count: number;
  amount: bigint;
}

/** Sums the rows of `matches.csv` as they are written. */
export class RowTotals {
  private readonly lines = new Map<SummaryLine, Counted>();
  private readonly results = new Map<MatchResult, Counted>();

  /**
   * @param amount the statement's, else our database's
   * @param difference statement worth less book worth
   */
  add(result: MatchResult, amount: bigint, difference: bigint): void {
    addTo(this.results, result, amount);
    // A matched row with a difference was debited there and is on its way here.
    const line = LINE_OF[result] ?? (difference === 0n ? null : 'pending');
    if (line !== null) addTo(this.lines, line, difference);
  }

  line(line: SummaryLine): Counted {
    return this.lines.get(line) ?? NONE;
  }

  result(result: MatchResult): Counted {
    return this.results.get(result) ?? NONE;
  }
}

/** One line of one currency; the amount is a decimal string. */
export type SummaryRow = CountedAmount & { currency: string; line: SummaryLine };

/** The summary of a match: rows for IDR, and other types in other currencies. */
export interface Summary {
  rows: readonly SummaryRow[];
  /** What is left between the two sides; 0 unless something is wrong with the match itself. */
  difference: bigint;
}

/** Sets the rows of a match against the totals of both sides, which come from elsewhere. */
export function summarise(rows: RowTotals, sides: SideTotals): Summary {
  const bridge = BRIDGE.map((line) => [line, rows.line(line)] as const);
  const difference = differenceBetween(BigInt(sides.books.amount), BigInt(sides.statement.amount), rows);
  const none = { count: 0, amount: '0' };
  const inRupiah = sides.otherTypes.find(({ currency }) => currency === 'IDR') ?? none;
  const lines: Record<SummaryLine, CountedAmount> = {
    ...(Object.fromEntries(
      bridge.map(([line, { count, amount }]) => [line, { count, amount: amount.toString() }]),
    ) as Record<SummaryLine, CountedAmount>),
    books: sides.books,
    statement: sides.statement,
    difference: { count: 0, amount: difference.toString() },
    fees: sides.fees,
    vat: sides.vat,
    other_payments: sides.otherPayments,
    other_types: inRupiah,
  };
  return {
    difference,
    rows: [
      ...SUMMARY_LINES.map((line) => ({
        currency: 'IDR',
        line,
        count: lines[line].count,
        amount: lines[line].amount,
      })),
      ...sides.otherTypes
        .filter(({ currency }) => currency !== 'IDR')
        .map(({ currency, count, amount }) => ({ currency, line: 'other_types' as const, count, amount })),
    ],
  };
}

/** What the rows do not explain of the way from one side to the other. */
export function differenceBetween(books: bigint, statement: bigint, rows: RowTotals): bigint {
  return BRIDGE.reduce((left, line) => left - rows.line(line).amount, statement - books);
}

const NONE: Counted = { count: 0, amount: 0n };

function addTo<Key>(map: Map<Key, Counted>, key: Key, amount: bigint): void {
  const before = map.get(key) ?? NONE;
  map.set(key, { count: before.count + 1, amount: before.amount + amount });
}
