import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { LEASE_SECONDS } from '../lease.js';
import { isDatabaseUnavailable } from './database-unavailable.js';
import { inSchema } from './table-names.js';

/** Statements on the library's own connections. */
export interface Statements {
  /** Runs one statement and returns its rows. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs one statement and returns how many rows it wrote. */
  execute(text: string, values?: readonly unknown[]): Promise<number>;
}

interface Result {
  rows: unknown[];
  rowCount: number | null;
}

/** The part of a `pg` client that is used here. */
interface Client {
  query(statement: { name?: string; text: string; values?: readonly unknown[] }): Promise<Result>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** The part of a `pg` pool that is used here. */
export interface Pool {
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: 'connect', listener: (client: Client) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

type Run = (text: string, values?: readonly unknown[]) => Promise<Result>;

interface DatabaseSettings {
  /** The schema of the tables; undefined when the connection's `search_path` finds them. */
  schema: string | undefined;
  /** Receives every statement without its parameters, which may contain e-mail addresses. */
  logQuery: (text: string) => void;
}

const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const STORE_AGAIN_MS = 250;
const ATTEMPTS = 4;
const SERIALIZATION_FAILURE = '40001';
/** Serialization failure, deadlock, a lock or the statement itself waited for too long. */
const PASSING = [SERIALIZATION_FAILURE, '40P01', '55P03', '57014'];
/**
 * The prepared statement cannot be used: a pooler switched sessions (26000, 42P05), or a migration changed the
 * table (0A000). PostgreSQL reports it before it executes anything.
 */
const NOT_AS_PREPARED = ['26000', '42P05', '0A000'];

/**
 * The library's own connections to the host's database. Nothing that the host does to its DataSource affects them:
 * no surrounding transaction, replica, cache, subscriber, isolation level or type parser. They use no session
 * state, so they work behind a connection pooler in transaction mode.
 */
export class PayoutLinksDatabase implements Statements, OnApplicationShutdown {
  private readonly logger = new Logger(PayoutLinksDatabase.name);
  private readonly names = new Map<string, string>();
  private readonly qualified = new Map<string, string>();
  private prepares = true;
  private ended: Promise<void> | undefined;
  private readCommittedByDefault = true;

  constructor(
    private readonly pool: Pool,
    private readonly settings: DatabaseSettings,
  ) {
    // The pool removes its error listener from a client while it is checked out. Without this one, a session that
    // PostgreSQL ends in that moment would end the process; with it, the client's next statement fails.
    pool.on('connect', (client) => client.on('error', () => undefined));
    pool.on('error', (error) => this.logger.debug(`an idle database connection was lost: ${error.message}`));
  }

  /** The schema of the tables, as the host's DataSource names it. */
  get schema(): string | undefined {
    return this.settings.schema;
  }

  /** A host may close its application more than once. */
  async onApplicationShutdown(): Promise<void> {
    this.ended ??= this.pool.end();
    await this.ended;
  }

  /** Runs one statement in its own transaction. @param text one of a few: each is prepared on each connection */
  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.runAlone(text, values)).rows as Row[];
  }

  async execute(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.runAlone(text, values)).rowCount ?? 0;
  }

  /**
   * As `query`, planned each time: for a statement with many variants, and for claims of what is due. A prepared claim
   * keeps the plan of an empty queue, which reads the whole table for each row of a long one.
   */
  async queryUnprepared<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.runAlone(text, values, { prepare: false })).rows as Row[];
  }

  /**
   * Repeats work that stores what cannot be had a second time while the database is unavailable or too busy, as long as a
   * lease lasts. The work may have been carried out when an attempt fails.
   */
  async persistently<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + LEASE_SECONDS * 1_000;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!passes(error) || this.ended || performance.now() > deadline) throw error;
        await wait(STORE_AGAIN_MS);
      }
    }
  }

  /**
   * Repeats idempotent work whose statement may have been carried out although its result did not arrive; not when there
   * was no connection.
   */
  async despiteLostResults<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const wasSent = error instanceof QueryFailedError && error.query !== '';
        if (!wasSent || !passes(error) || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /** Runs the work in one READ COMMITTED transaction; an error rolls it back. */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    return this.inTransaction((run) =>
      work({
        query: async <Row>(text: string, values?: readonly unknown[]) =>
          (await run(text, values)).rows as Row[],
        execute: async (text, values) => (await run(text, values)).rowCount ?? 0,
      }),
    );
  }

  private async inTransaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let usable = true;
    try {
      await this.send(client, { text: BEGIN });
      const result = await work((text, values = []) =>
        this.send(client, { text: this.inSchema(text), values }),
      );
      await this.send(client, { text: 'COMMIT' });
      return result;
    } catch (error) {
      await this.send(client, { text: 'ROLLBACK' }).catch(() => (usable = false));
      throw error;
    } finally {
      client.release(!usable);
    }
  }

  /**
   * Under a stricter default isolation level, a concurrent change is a serialization failure instead of a wait.
   * The first one switches this process to explicit READ COMMITTED transactions: setting a session's default would
   * not survive a pooler.
   */
  private async runAlone(
    text: string,
    values: readonly unknown[],
    { prepare } = { prepare: this.prepares },
  ): Promise<Result> {
    if (this.readCommittedByDefault) {
      try {
        const sql = this.inSchema(text);
        return await (prepare ? this.runPrepared(sql, values) : this.runUnprepared(sql, values));
      } catch (error) {
        if (codeOf(error) !== SERIALIZATION_FAILURE) throw error;
        this.readCommittedByDefault = false;
      }
    }
    return this.inTransaction((run) => run(text, values));
  }

  /** Parsing and planning these statements takes longer than executing them, so each connection prepares them once. */
  private async runPrepared(text: string, values: readonly unknown[]): Promise<Result> {
    try {
      return await this.withClient((client) => this.send(client, { name: this.nameOf(text), text, values }));
    } catch (error) {
      if (!NOT_AS_PREPARED.includes(codeOf(error))) throw error;
      this.prepares = false;
      return this.runUnprepared(text, values);
    }
  }

  private runUnprepared(text: string, values: readonly unknown[]): Promise<Result> {
    return this.withClient((client) => this.send(client, { text, values }));
  }

  private async withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let usable = true;
    try {
      return await work(client);
    } catch (error) {
      // An error that PostgreSQL did not report, such as the client's own timeout, may leave a statement running.
      usable = isReportedByServer(error);
      throw error;
    } finally {
      client.release(!usable);
    }
  }

  private async connect(): Promise<Client> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw failed('', error);
    }
  }

  private async send(client: Client, statement: Parameters<Client['query']>[0]): Promise<Result> {
    this.settings.logQuery(statement.text);
    try {
      return await client.query(statement);
    } catch (error) {
      throw failed(statement.text, error);
    }
  }

  private inSchema(text: string): string {
    return memoized(this.qualified, text, () => inSchema(text, this.settings.schema));
  }

  /** The same in every process, so that a pooler can share it. */
  private nameOf(text: string): string {
    return memoized(
      this.names,
      text,
      () => `payout_links_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`,
    );
  }
}

function memoized(values: Map<string, string>, key: string, make: () => string): string {
  let value = values.get(key);
  if (value === undefined) values.set(key, (value = make()));
  return value;
}

/** Parameters and PostgreSQL's `detail` contain e-mail addresses and would reach logs with the error. */
function failed(text: string, error: unknown): QueryFailedError {
  const driverError = error as Error & { detail?: string };
  if (driverError.detail !== undefined) driverError.detail = undefined;
  return new QueryFailedError(text, undefined, driverError);
}

/** Whether the same work may succeed later. */
function passes(error: unknown): boolean {
  return isDatabaseUnavailable(error) || PASSING.includes(codeOf(error));
}

/** Whether values cannot be stored, now or later: data exceptions, constraints, limits of the program. */
export function isUnstorable(error: unknown): boolean {
  return /^(22|23|54)\w{3}$/.test(codeOf(error));
}

function isReportedByServer(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((error as { driverError?: { code?: unknown } } | undefined)?.driverError?.code);
}
