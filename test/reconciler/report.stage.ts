import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { RECONCILER_MIGRATIONS } from '../../apps/reconciler/src/migrations/index.js';
import { RECONCILER_OPTIONS } from '../../apps/reconciler/src/reconciler.options.js';
import { ReportRepository } from '../../apps/reconciler/src/report/report.repository.js';
import { ReportService, type WrittenReport } from '../../apps/reconciler/src/report/report.service.js';
import { endOfBusinessDate } from '../../apps/reconciler/src/slot/business-date.js';
import { ReconciliationRun } from '../../apps/reconciler/src/slot/reconciliation-run.entity.js';
import { SlotRead } from '../../apps/reconciler/src/slot/slot-read.entity.js';
import { SlotRepository, type ReportSettings } from '../../apps/reconciler/src/slot/slot.repository.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Histories } from './histories.js';

/** The generator named in the sets of a test, independent of the program's version. */
const GENERATOR = 'payout-links-reconciler of a test';

/** A slot that a test closes: the time at which its polls were finished is given, where a run would use the clock. */
export interface GivenSlot {
  account: string;
  date: string;
  asOf: Date;
  /** Not over yet: it ends at its as-of. */
  provisional?: boolean;
  settings?: Partial<ReportSettings>;
  /** Some links are unread, and the slot waits for them. */
  open?: boolean;
  /** The account's balance when it was closed. @default unknown */
  balance?: bigint;
  /** What its run polled, in order. */
  reads?: readonly {
    externalId: string;
    outcome: 'READ' | 'MISSING' | 'UNREACHABLE';
    watched?: boolean;
    reason?: string;
  }[];
}

/** The real reports on a real database, without the programs, at times given by a test. */
export class ReportStage {
  readonly histories: Histories;

  private constructor(
    readonly database: TestDatabase,
    private readonly app: INestApplicationContext,
    readonly reportsDir: string,
    private readonly settings: ReportSettings,
  ) {
    this.histories = new Histories(database);
  }

  static async open(settings: Partial<ReportSettings> = {}): Promise<ReportStage> {
    const database = await createTestDatabase([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
    const reportsDir = await mkdtemp(join(tmpdir(), 'reports-'));
    const report: ReportSettings = {
      timezone: 'Asia/Jakarta',
      language: 'en',
      csvDelimiter: ',',
      ...settings,
    };
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: database.url,
          entities: [...PAYOUT_LINKS_ENTITIES, ReconciliationRun, SlotRead],
          retryAttempts: 0,
        }),
      ],
      providers: [
        { provide: RECONCILER_OPTIONS, useValue: { reportsDir, report, generator: GENERATOR } },
        SlotRepository,
        ReportRepository,
        ReportService,
      ],
    })
    class ReportsModule {}
    const app = await NestFactory.createApplicationContext(ReportsModule, {
      logger: false,
      abortOnError: false,
    });
    return new ReportStage(database, app, reportsDir, report);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.database.drop();
    await rm(this.reportsDir, { recursive: true });
  }

  /** Closes a slot and writes its report set, as its run does after its polls. */
  async finish({
    account,
    date,
    asOf,
    provisional = false,
    open = false,
    ...slot
  }: GivenSlot): Promise<WrittenReport> {
    const slots = this.app.get(SlotRepository);
    const settings = { ...this.settings, ...slot.settings };
    const slotEnd = endOfBusinessDate(date, settings.timezone);
    const begun = await slots.begin({ account, businessDate: date, provisional, slotEnd, ...settings });
    for (const [index, { externalId, outcome, watched = false, reason = null }] of (
      slot.reads ?? []
    ).entries()) {
      await this.database.query(
        `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, position, watched, attempts, outcome,
           read_at, reason)
         SELECT $1, id, $2, $3, 1, $4, $5, $8 FROM payout_link WHERE account = $6 AND external_id = $7`,
        [begun.id, index + 1, watched, outcome, asOf, account, externalId, reason],
      );
    }
    await this.database.query(
      `UPDATE payout_link_reconciliation_run SET listed = true, as_of = $2, sealed = NOT provisional AND NOT $3,
         slot_end = CASE WHEN provisional THEN $2 ELSE slot_end END, balance = $4,
         balance_at = CASE WHEN $4::bigint IS NOT NULL THEN $2 END
       WHERE id = $1`,
      [begun.id, asOf, open, slot.balance?.toString() ?? null],
    );
    const run = (await slots.findById(begun.id))!;
    const reports = this.app.get(ReportService);
    await reports.keepLastReads(run);
    const written = await reports.write(run);
    await slots.finish(run, written, () => Promise.resolve());
    return written;
  }

  /** Writes the set of a slot again, from the database. */
  async printAgain(account: string, date: string): Promise<WrittenReport> {
    const run = await this.app.get(SlotRepository).find(account, date);
    return this.app.get(ReportService).write(run!);
  }
}
