import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS, type PayoutLinkStatus } from 'nestjs-payout-links';
import { RECONCILER_MIGRATIONS } from '../../apps/reconciler/src/migrations/index.js';
import { openProgress } from '../../apps/reconciler/src/progress/progress.js';
import { RECONCILER_OPTIONS } from '../../apps/reconciler/src/reconciler.options.js';
import { AccountLock } from '../../apps/reconciler/src/slot/account.lock.js';
import { ReconciliationRun } from '../../apps/reconciler/src/slot/reconciliation-run.entity.js';
import { SlotRead } from '../../apps/reconciler/src/slot/slot-read.entity.js';
import { SlotRepository } from '../../apps/reconciler/src/slot/slot.repository.js';
import type { MatchRequest } from '../../apps/reconciler/src/statement/match-request.js';
import { MatchService } from '../../apps/reconciler/src/statement/match.service.js';
import { StatementFiles, type MatchOutcome } from '../../apps/reconciler/src/statement/statement.files.js';
import { StatementReads } from '../../apps/reconciler/src/statement/statement.reads.js';
import { StatementSessions } from '../../apps/reconciler/src/statement/statement.session.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { readCsv, type CsvRow } from './reconciler.stage.js';

/** A link with its history, as a test plans it. */
export interface PlannedLink {
  account: string;
  externalId: string;
  amount: bigint;
  providerId: string | null;
  disbursementId: string | null;
  /** By the provider's clock, if it said so. */
  claimedAt: Date | null;
  changes: readonly { to: PayoutLinkStatus; at: Date }[];
}

/** The result of a match: what it printed, and its rows. */
export interface Matched extends MatchOutcome {
  rows: CsvRow[];
  summary: Record<string, { count: number; amount: string }>;
}

/** The real matching on a real database, without the programs: statements are files that tests write. */
export class MatchStage {
  private files = 0;

  private constructor(
    readonly database: TestDatabase,
    private readonly app: INestApplicationContext,
    readonly folder: string,
  ) {}

  static async open(
    settings: { language?: 'en' | 'id'; csvDelimiter?: string; timezone?: string } = {},
  ): Promise<MatchStage> {
    const database = await createTestDatabase([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
    const folder = await mkdtemp(join(tmpdir(), 'match-'));
    const temporaryDir = join(folder, 'temporary');
    await mkdir(temporaryDir);
    const report = { timezone: 'Asia/Jakarta', language: 'en', csvDelimiter: ',', ...settings };
    const options = {
      reportsDir: join(folder, 'reports'),
      temporaryDir,
      report,
      generator: 'payout-links-reconciler of a test',
      accounts: ['default'],
      providerOf: (account: string) =>
        account === 'default'
          ? { baseUrl: 'http://127.0.0.1:9', apiKey: 'xnd_development_unused' }
          : undefined,
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
        { provide: RECONCILER_OPTIONS, useValue: options },
        AccountLock,
        SlotRepository,
        StatementSessions,
        StatementFiles,
        // Nothing is read here: tests over the sandbox do.
        { provide: StatementReads, useValue: {} },
        MatchService,
      ],
    })
    class MatchModule {}
    const app = await NestFactory.createApplicationContext(MatchModule, {
      logger: ['fatal'],
      abortOnError: false,
    });
    return new MatchStage(database, app, folder);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }

  /** Stores links with their histories, as the recorder would have. */
  async store(links: readonly PlannedLink[]): Promise<void> {
    const rows = links.map((link) => ({ ...link, id: randomUUID() }));
    await this.database.query(
      `INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at,
         provider_id, disbursement_id, claimed_at, lease_fence, polls, chain_id, attempt, created_at, updated_at)
       SELECT id, account, external_id, amount, 'IDR', external_id || '@example.com', status, version, status_at,
         provider_id, disbursement_id, claimed_at, 1, 0, id, 1, created_at, status_at
       FROM json_populate_recordset(NULL::payout_link, $1)`,
      [
        JSON.stringify(
          rows.map(({ id, account, externalId, amount, providerId, disbursementId, claimedAt, changes }) => ({
            id,
            account,
            external_id: externalId,
            amount: amount.toString(),
            provider_id: providerId,
            disbursement_id: disbursementId,
            claimed_at: claimedAt,
            status: changes.at(-1)!.to,
            version: changes.length,
            status_at: changes.at(-1)!.at,
            created_at: changes[0]!.at,
          })),
        ),
      ],
    );
    await this.database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, from_status, to_status, source, occurred_at,
         effective_at, recorded_at)
       SELECT payout_link_id, account, seq, from_status, to_status, 'POLL', effective_at, effective_at, effective_at
       FROM json_populate_recordset(NULL::payout_link_transition, $1)`,
      [
        JSON.stringify(
          rows.flatMap(({ id, account, changes }) =>
            changes.map(({ to, at }, index) => ({
              payout_link_id: id,
              account,
              seq: index + 1,
              from_status: changes[index - 1]?.to ?? null,
              to_status: to,
              effective_at: at,
            })),
          ),
        ),
      ],
    );
  }

  /** Writes a statement's file. */
  async file(content: string | Uint8Array, name = `statement-${(this.files += 1)}.csv`): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  async match(
    request: Pick<MatchRequest, 'from' | 'to'> & Partial<MatchRequest> & { files: readonly string[] },
  ): Promise<Matched> {
    const { files, ...given } = request;
    const outcome = await this.app.get(MatchService).match({
      account: 'default',
      statements: { files },
      references: null,
      edgeHours: 1,
      reads: false,
      progress: openProgress({ wanted: false }),
      signal: new AbortController().signal,
      ...given,
    });
    const summary = await readCsv(join(outcome.reportSet, 'summary.csv'));
    return {
      ...outcome,
      rows: await readCsv(join(outcome.reportSet, 'matches.csv')),
      summary: Object.fromEntries(
        summary
          .filter(({ currency }) => currency === 'IDR')
          .map(({ line, count, amount }) => [line!, { count: Number(count), amount: amount! }]),
      ),
    };
  }
}
