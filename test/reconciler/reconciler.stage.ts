import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { PAYOUT_LINKS_MIGRATIONS, type PayoutLink, type PayoutLinksService } from 'nestjs-payout-links';
import { startSandbox, type Sandbox, type SandboxOptions } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { start, type Ended, type Running } from '../support/programs.js';
import { until } from '../support/until.js';

/** The product's default, except about its midnight: the business date must not change during a test. */
export const TIMEZONE = [15, 16, 17, 18].includes(new Date().getUTCHours())
  ? 'America/Bogota'
  : 'Asia/Jakarta';

/** One slot as `--json` prints it. */
export interface RunResult {
  account: string;
  date: string;
  provisional: boolean;
  asOf: string;
  reportSet: string;
  coverage: {
    open: number;
    read: number;
    unreachable: number;
    unreachableLinks: string[];
    unconfirmed: number;
    firstSeenByPoll: number | null;
  };
  transitions: number;
  failures: number;
  footed: boolean;
}

export interface Outcome extends Ended {
  runs: RunResult[];
  exitCode: number;
}

export type CsvRow = Record<string, string>;

/** A paying host, a provider whose webhooks get lost, and a reconciler. */
export class ReconcilerStage {
  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: Sandbox,
    readonly caller: SandboxCaller,
    readonly host: Host,
    readonly reportsDir: string,
  ) {}

  static async open(options: SandboxOptions = {}): Promise<ReconcilerStage> {
    const database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    const sandbox = await startSandbox(options);
    const host = await startHost({ databaseUrl: database.url, sandbox });
    const caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { url: host.webhookUrl, drop: 1 });
    return new ReconcilerStage(database, sandbox, caller, host, await mkdtemp(join(tmpdir(), 'reports-')));
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.sandbox.close();
    await this.database.drop();
    await rm(this.reportsDir, { recursive: true });
  }

  get service(): PayoutLinksService {
    return this.host.service;
  }

  create(externalId: string, amount = 50_000): Promise<PayoutLink> {
    return this.service.create({ externalId, amount, email: `${externalId}@example.com` });
  }

  /** Creates a link and claims it; no webhook reports the end. */
  async createAndClaim(externalId: string, accountNumber?: string, amount?: number): Promise<PayoutLink> {
    const link = await this.create(externalId, amount);
    await this.caller.claim(link.providerId!, accountNumber);
    return link;
  }

  /** Waits until every claim has its outcome at the provider. */
  async transfersDone(): Promise<void> {
    await this.caller.advance(1_000);
  }

  start(args: readonly string[], env: Record<string, string> = {}, by: readonly string[] = []): Running {
    const settings = {
      DATABASE_URL: this.database.url,
      XENDIT_BASE_URL: this.sandbox.url,
      REPORTS_DIR: this.reportsDir,
      REPORT_TIMEZONE: TIMEZONE,
      ...env,
    };
    return start('reconciler', args, settings, by);
  }

  /** `run --json`, to its end. */
  async run(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
    return outcomeOf(await this.start(['run', '--json', ...args], env).ended);
  }

  /** How often each link was read, by its provider id. */
  async polls(): Promise<Record<string, number>> {
    return (await this.caller.request('GET', '/_sandbox/polls')).body as Record<string, number>;
  }

  csv(result: RunResult, file: string): Promise<CsvRow[]> {
    return readCsv(join(result.reportSet, file));
  }

  /** Moves all times in the database, and the dates of report sets, back by some days. */
  async age(days: number): Promise<void> {
    const columns = await this.database.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name LIKE 'payout_link%'
         AND data_type IN ('timestamp with time zone', 'date')`,
    );
    const tables = new Map<string, string[]>();
    for (const { table, column } of columns) tables.set(table, [...(tables.get(table) ?? []), column]);
    for (const [table, names] of tables) {
      // Dates move one by one, because a unique index on them is checked row by row.
      const order = names.includes('business_date') ? 'ORDER BY business_date' : '';
      for (const { ctid } of await this.database.query<{ ctid: string }>(
        `SELECT ctid FROM ${table} ${order}`,
      )) {
        const shifts = names.map((name) => `${name} = ${name} - $2::int * interval '1 day'`);
        await this.database.query(`UPDATE ${table} SET ${shifts.join(', ')} WHERE ctid = $1`, [ctid, days]);
      }
    }
    await this.ageFolders(days);
  }

  /** A set's folder has its date's name. */
  private async ageFolders(days: number): Promise<void> {
    for (const account of await readdir(this.reportsDir)) {
      const dates = (await readdir(join(this.reportsDir, account))).filter((name) =>
        /^[\d-]{10}$/.test(name),
      );
      for (const date of dates.toSorted()) {
        const at = new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);
        await rename(join(this.reportsDir, account, date), join(this.reportsDir, account, at));
      }
    }
  }

  /** The sets of an account, by their folders' names: without its index. */
  async setsOf(account = 'default'): Promise<string[]> {
    return (await readdir(join(this.reportsDir, account))).filter((name) => name !== 'index.html');
  }

  async settled(link: PayoutLink, status: string): Promise<void> {
    await until(
      `${link.externalId} ${status}`,
      async () => (await this.service.refresh(link.id)).status === status,
    );
  }
}

export function outcomeOf(ended: Ended): Outcome {
  const printed = ended.stdout === '' ? { runs: [], exitCode: -1 } : (JSON.parse(ended.stdout) as Outcome);
  return { ...ended, ...printed };
}

export async function readCsv(file: string, delimiter = ','): Promise<CsvRow[]> {
  return parse<CsvRow>(await readFile(file), { bom: true, columns: true, delimiter });
}

/** The business date a number of days from now. */
export function businessDate(days = 0): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: TIMEZONE }).format(Date.now() + days * 86_400_000);
}
