import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { ReportStage } from '../reconciler/report.stage.js';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { Demo } from './demo.stage.js';
import { writeStatementSet } from './statement-set.js';

/** A demo whose database and folder hold what a reconciler wrote. */
export class ReportsStage {
  private constructor(
    readonly reports: ReportStage,
    readonly sandbox: Sandbox,
    readonly demo: Demo,
  ) {}

  get provider(): SandboxCaller {
    return new SandboxCaller(this.sandbox);
  }

  static async open(env: Record<string, string> = {}): Promise<ReportsStage> {
    const [reports, sandbox] = await Promise.all([ReportStage.open(), startSandbox()]);
    const demo = await Demo.open(
      { databaseUrl: reports.database.url, sandbox },
      { REPORTS_DIR: reports.reportsDir, ...env },
    );
    return new ReportsStage(reports, sandbox, demo);
  }

  /** Another demo on the same database and folder. */
  again(env: Record<string, string> = {}): Promise<Demo> {
    return Demo.open(
      { databaseUrl: this.reports.database.url, sandbox: this.sandbox },
      { REPORTS_DIR: this.reports.reportsDir, ...env },
    );
  }

  async close(): Promise<void> {
    await this.demo.close();
    await this.sandbox.close();
    await this.reports.close();
  }

  /** Something of every kind that the pages show. */
  async fill(): Promise<void> {
    for (const date of ['2026-11-25', '2026-11-26']) await this.finish(date);
    await this.finish('2026-11-27', { open: true });
    await this.delivery('2026-11-26', 'finance', null);
    await this.delivery('2026-11-26', 'chat', 'connection failed (ECONNREFUSED)');
    await this.statement('2026-11-01_2026-11-15');
    await this.statement('2026-11-16_2026-11-30', 2);
    const worth = { count: 19, amount: '20010845000' };
    const lines = { IDR: { opening: worth, closing: worth, failures_new: worth, failures_closing: worth } };
    await this.reports.database.query('UPDATE payout_link_reconciliation_run SET roll_forward = $1', [
      JSON.stringify(lines),
    ]);
    const coverage = {
      open: 25,
      read: 1,
      unreachable: 24,
      unreachableLinks: Array.from({ length: 24 }, (_, index) => `${'an-external-id-'.repeat(8)}${index}`),
      reasons: { timeout: 23, 'http 500': 1 },
      unconfirmed: 1,
    };
    await this.reports.database.query(
      `UPDATE payout_link_reconciliation_run SET result = jsonb_set(jsonb_set(result::jsonb, '{coverage}', $1), '{footed}',
         'false')::json WHERE business_date = '2026-11-27'`,
      [JSON.stringify(coverage)],
    );
  }

  /** Finishes a slot at two o'clock of the next day. */
  async finish(date: string, given: { open?: boolean } = {}): Promise<void> {
    const asOf = new Date(Date.parse(`${date}T02:00:00+07:00`) + 86_400_000);
    await this.reports.finish({ account: 'default', date, asOf, ...given });
  }

  /** A statement set, with so many payments to act on. */
  statement(period: string, toActOn = 0): Promise<void> {
    return writeStatementSet(join(this.reports.reportsDir, 'default', 'statements', period), toActOn);
  }

  /** A delivery of a slot's report. */
  async delivery(date: string, target: string, error: string | null): Promise<void> {
    await this.reports.database.query(
      `INSERT INTO payout_link_report_delivery (account, business_date, event, resent, target, state, message_id, content,
         attempts, last_error, lease_fence, created_at, delivered_at)
       VALUES ('default', $1, 'SEALED', false, $2, $3, gen_random_uuid(), '{}', 1, $4, 1, now(), $5)`,
      [date, target, error === null ? 'DELIVERED' : 'WAITING', error, error === null ? new Date() : null],
    );
  }

  /** A symbolic link below `REPORTS_DIR`. */
  async link(to: string, ...path: string[]): Promise<void> {
    await symlink(to, join(this.reports.reportsDir, ...path));
  }
}
