import type { Columns } from '../report/csv.js';
import { LocalTime } from '../report/local-time.js';
import { adviseOnMatch, NOT_READ } from './advice.js';
import type { StoredMatch } from './statement.session.js';
import type { SummaryRow } from './summary.js';

/** How the files of a match are written. */
export interface StatementSettings {
  account: string;
  timezone: string;
  language: 'en' | 'id';
}

/** The columns of `matches.csv`. */
export function matchColumns({ account, timezone, language }: StatementSettings): Columns<StoredMatch> {
  const time = (at: string | undefined) => LocalTime.of(at === undefined ? null : new Date(at), timezone);
  return [
    ['result', ({ result }) => result],
    ['external_id', ({ link }) => link?.externalId ?? null],
    ['provider_id', ({ link }) => link?.providerId ?? null],
    ['account', () => account],
    ['recipient_email', ({ link }) => link?.email ?? null],
    ['currency', () => 'IDR'],
    ['book_amount', (row) => amountOf(book(row)?.amount)],
    ['statement_amount', ({ payment }) => amountOf(payment?.amount)],
    ['difference', (row) => differenceOf(row)],
    ['book_status', (row) => book(row)?.status ?? null],
    ['statement_status', ({ payment }) => payment?.status ?? null],
    ['book_at', (row) => time(book(row)?.at)],
    ['statement_at', ({ payment }) => time(payment?.createdAt)],
    ['fee', ({ payment }) => payment && numberOf(payment.fee)],
    ['vat', ({ payment }) => payment && numberOf(payment.vat)],
    ['reference', ({ payment }) => payment?.reference ?? null],
    ['product_id', ({ payment }) => payment?.productId ?? null],
    ['channel', ({ payment }) => payment?.channel ?? null],
    ['channel_reference', ({ payment }) => payment?.channelReference ?? null],
    ['recommended_action', (row) => actionOf(row, language)],
    ['timezone', () => timezone],
  ];
}

/** What to do about a match. */
export function actionOf(
  { result, timing, link, payment, isUnread }: StoredMatch,
  language: 'en' | 'id',
): string {
  const bookStatus = link?.status ?? null;
  const advice = adviseOnMatch(
    { result, timing, bookStatus, statementStatus: payment?.status ?? null },
    language,
  );
  return isUnread ? advice + NOT_READ[language] : advice;
}

/** Statement worth less book worth. */
export function differenceOf({ statementWorth, bookWorth }: StoredMatch): bigint {
  return BigInt(statementWorth) - BigInt(bookWorth);
}

/** The columns of `summary.csv`. */
export function summaryColumns({ account }: StatementSettings): Columns<SummaryRow> {
  return [
    ['account', () => account],
    ['currency', ({ currency }) => currency],
    ['line', ({ line }) => line],
    ['count', ({ count }) => count],
    ['amount', ({ amount }) => numberOf(amount)],
  ];
}

/** What our database says; a further payment of a link does not repeat it. */
function book({ link, isOwn }: StoredMatch): StoredMatch['link'] {
  return isOwn ? link : null;
}

function amountOf(amount: string | undefined): bigint | null {
  return amount === undefined ? null : BigInt(amount);
}

/** Fees and amounts of other currencies may have decimals. */
function numberOf(amount: string): bigint | number {
  return amount.includes('.') ? Number(amount) : BigInt(amount);
}
