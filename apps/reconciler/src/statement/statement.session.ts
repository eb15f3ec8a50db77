import { Injectable } from '@nestjs/common';
import type { PayoutLinkStatus } from 'nestjs-payout-links';
import type pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { readBatches } from '../report/read-batches.js';
import type { BookedLink, Match, MatchPeriod, StatementPayment } from './match.js';
import type { StatementKind, StatementLine } from './statement-line.js';
import * as sql from './statement.sql.js';
import type { CountedAmount, SideTotals } from './summary.js';

const LINES_AT_A_TIME = 1_000;
const LINKS_AT_A_TIME = 1_000;
const MATCHES_AT_A_TIME = 1_000;

/** A match with its place in `matches.csv`. */
export interface PlacedMatch {
  rank: number;
  at: Date | null;
  name: string;
  match: StoredMatch;
}

/** Opens the sessions in which statements are compared. */
@Injectable()
export class StatementSessions {
  constructor(private readonly dataSource: DataSource) {}

  /** Works in a session whose temporary tables are removed at the end. */
  async with<T>(work: (session: StatementSession) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(sql.CREATE_LINES);
      return await work(new StatementSession(runner));
    } finally {
      await runner.query(sql.DROP_ALL).catch(() => undefined);
      await runner.release();
    }
  }
}

/** One session: the statements' lines and payments in temporary tables, beside the links of one snapshot. */
export class StatementSession {
  constructor(private readonly runner: QueryRunner) {}

  /** Stores the lines of a file; returns how many they are. */
  async add(lines: AsyncIterable<StatementLine>): Promise<number> {
    let count = 0;
    let batch: StatementLine[] = [];
    const store = () => this.runner.query(sql.ADD_LINES, [JSON.stringify(batch)]);
    for await (const line of lines) {
      count += 1;
      batch.push(line);
      if (batch.length < LINES_AT_A_TIME) continue;
      await store();
      batch = [];
    }
    if (batch.length > 0) await store();
    return count;
  }

  /** Turns the lines of all files into payments. */
  async group(kind: StatementKind): Promise<void> {
    for (const statement of sql.createPayments(kind)) await this.runner.query(statement);
  }

  /** Whether the files hold anything older than this. */
  async beginsBefore(at: Date): Promise<boolean> {
    const [row] = (await this.runner.query(sql.BEGINS_BEFORE, [at])) as [{ does: boolean }];
    return row.does;
  }

  /** Works on one snapshot of the database, in which each payment has its link. */
  async snapshot<T>(account: string, { from, to }: MatchPeriod, work: () => Promise<T>): Promise<T> {
    await this.runner.startTransaction('REPEATABLE READ');
    try {
      await this.runner.query(sql.FIND_LINKS, [account]);
      const [claimed, links] = sql.CREATE_LINKS;
      await this.runner.query(claimed, [account, from, to]);
      await this.runner.query(links);
      for (const statement of sql.INDEX_LINKS) await this.runner.query(statement);
      return await work();
    } finally {
      // Only temporary tables were written, and the next snapshot finds the links again.
      await this.runner.rollbackTransaction();
    }
  }

  /** The time of the snapshot. */
  async asOf(): Promise<Date> {
    const [row] = (await this.runner.query('SELECT transaction_timestamp() AS now')) as [{ now: Date }];
    return row.now;
  }

  /** What each side has, and whether any payment of the statement has a link. */
  async sides(
    references: readonly string[] | null,
  ): Promise<{ links: number; payments: number; hasMatch: boolean }> {
    const [row] = (await this.runner.query(sql.SIDES, [references])) as [
      { links: number; payments: number; hasMatch: boolean },
    ];
    return row;
  }

  /** How many links and payments without one are compared. */
  async size(): Promise<number> {
    const [row] = (await this.runner.query(sql.SIZE)) as [{ size: number }];
    return row.size;
  }

  /** Every link of the period, or with a payment, with its payments, oldest first. */
  async *links(
    account: string,
    { to }: MatchPeriod,
  ): AsyncGenerator<{ link: BookedLink; payments: StatementPayment[] }, void, void> {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows: LinkRow[] = await this.runner.query(sql.LINKS_PAGE, [account, to, after, LINKS_AT_A_TIME]);
      for (const { payments, amount, status, ...link } of rows) {
        const booked = { ...link, amount: BigInt(amount), status: status as PayoutLinkStatus };
        yield { link: booked, payments: payments.map(paymentOf) };
      }
      if (rows.length < LINKS_AT_A_TIME) return;
      after = rows.at(-1)!.id;
    }
  }

  /** Every payment without a link. */
  async *unknownPayments(): AsyncGenerator<StatementPayment, void, void> {
    let after = 0;
    for (;;) {
      const rows = (await this.runner.query(sql.UNKNOWN_PAGE, [after, LINKS_AT_A_TIME])) as {
        payment: PaymentRow;
      }[];
      for (const { payment } of rows) yield paymentOf(payment);
      if (rows.length < LINKS_AT_A_TIME) return;
      after = rows.at(-1)!.payment.id;
    }
  }

  /** Stores matches, to be read in order; each was found within the snapshot. */
  async keep(matches: AsyncIterable<PlacedMatch>): Promise<void> {
    await this.runner.query(sql.CREATE_MATCHES);
    let number = 0;
    let batch: (PlacedMatch & { number: number })[] = [];
    const store = () => this.runner.query(sql.ADD_MATCHES, [JSON.stringify(batch)]);
    for await (const match of matches) {
      batch.push({ ...match, number: (number += 1) });
      if (batch.length < MATCHES_AT_A_TIME) continue;
      await store();
      batch = [];
    }
    if (batch.length > 0) await store();
  }

  /** The matches that were kept, in the order of `matches.csv`. */
  async *matches(): AsyncGenerator<readonly StoredMatch[], void, void> {
    const client = (await this.runner.connect()) as pg.PoolClient;
    for await (const rows of readBatches<{ match: StoredMatch }>(client, sql.MATCHES_IN_ORDER, []))
      yield rows.map(({ match }) => match);
  }

  async totals(
    account: string,
    { kind, from, to }: MatchPeriod,
    references: readonly string[] | null,
  ): Promise<SideTotals> {
    const [books] = (await this.runner.query(sql.BOOKS, [account, from, to])) as [CountedAmount];
    const [sums] = (await this.runner.query(sql.statementTotals(kind), [from, to, references])) as [
      Record<string, never>,
    ];
    const of = (line: string): CountedAmount => ({
      count: sums[`${line}Count`]!,
      amount: plain(sums[`${line}Amount`]!),
    });
    const others = (await this.runner.query(sql.OTHER_TYPES, [from, to])) as SideTotals['otherTypes'];
    return {
      books,
      statement: of('statement'),
      fees: of('fees'),
      vat: of('vat'),
      otherPayments: of('otherPayments'),
      otherTypes: others.map((other) => ({ ...other, amount: plain(other.amount) })),
    };
  }
}

/** A match as it is stored and read again: JSON, amounts as text, times in ISO 8601. */
export type StoredMatch = Omit<Match, 'payment' | 'link' | 'statementWorth' | 'bookWorth'> & {
  /** The link was to be read again at the provider, and had no usable response or was beyond the limit. */
  isUnread: boolean;
  statementWorth: string;
  bookWorth: string;
  payment:
    (Omit<StatementPayment, 'amount' | 'worth' | 'createdAt'> & { amount: string; createdAt: string }) | null;
  link:
    | (Pick<BookedLink, 'externalId' | 'providerId' | 'email' | 'status'> & { amount: string; at: string })
    | null;
};

type LinkRow = Omit<BookedLink, 'amount' | 'status'> & {
  amount: string;
  status: string;
  payments: PaymentRow[];
};

type PaymentRow = Omit<StatementPayment, 'amount' | 'worth' | 'createdAt' | 'fee' | 'vat'> & {
  amount: string;
  worth: string;
  createdAt: string;
  fee: string;
  vat: string;
};

function paymentOf(row: PaymentRow): StatementPayment {
  return {
    ...row,
    amount: BigInt(row.amount),
    worth: BigInt(row.worth),
    createdAt: new Date(row.createdAt),
    fee: plain(row.fee),
    vat: plain(row.vat),
  };
}

/** Without zeros at the end of a fraction. */
function plain(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}
