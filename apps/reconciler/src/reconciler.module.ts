import { tmpdir } from 'node:os';
import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  openDataSource,
  ratePerMinute,
  type Configuration,
  type PostgresOptions,
  type Provider,
} from 'app-runtime';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS, PayoutLinksModule } from 'nestjs-payout-links';
import { ReportDelivery } from './delivery/delivery.entity.js';
import { DELIVERY_OPTIONS, WAITS_MS, type DeliveryOptions } from './delivery/delivery.options.js';
import { DeliveryRepository } from './delivery/delivery.repository.js';
import { DeliveryService } from './delivery/delivery.service.js';
import { RECONCILER_MIGRATIONS } from './migrations/index.js';
import { BulkCreateService } from './bulk/bulk-create.service.js';
import { BulkImportService } from './bulk/bulk-import.service.js';
import { BulkRepository } from './bulk/bulk.repository.js';
import { DecidedSlots } from './decide/decided-slots.js';
import { Decision } from './decide/decision.entity.js';
import { DecisionRepository } from './decide/decision.repository.js';
import { DecisionService } from './decide/decision.service.js';
import { PollProcessor } from './poll/poll.processor.js';
import { LimitedReader } from './poll/limited-reader.js';
import { RateLimiter } from './poll/rate-limiter.js';
import { PollRepository } from './poll/poll.repository.js';
import { PollService } from './poll/poll.service.js';
import { PollWorkers } from './poll/poll.worker.js';
import { queueName } from './poll/poll.queue.js';
import { queueBackend, queueModule } from './queue/queue.backend.js';
import { ReconciliationService } from './reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from './reconciler.options.js';
import { GENERATOR } from './report/manifest.js';
import { ReportRepository } from './report/report.repository.js';
import { ReportService } from './report/report.service.js';
import { MatchService } from './statement/match.service.js';
import { StatementFiles } from './statement/statement.files.js';
import { StatementReads } from './statement/statement.reads.js';
import { StatementSessions } from './statement/statement.session.js';
import { AccountLock } from './slot/account.lock.js';
import { ReconciliationRun } from './slot/reconciliation-run.entity.js';
import { SlotRead } from './slot/slot-read.entity.js';
import { SlotRepository } from './slot/slot.repository.js';

/** What the reconciler is built from. */
export interface ReconcilerDependencies {
  configuration: Configuration;
  databaseUrl: string;
  provider: Provider;
  /** Also polls links between runs. */
  pollsOnSchedule?: boolean;
  /** Resumes creates that a crash interrupted. */
  recovery?: boolean;
  /** Acts on `AUTO_REISSUE`. */
  reissues?: boolean;
  modules?: ModuleMetadata['imports'];
}

@Module({})
export class ReconcilerModule {
  static register({
    configuration,
    databaseUrl,
    provider,
    pollsOnSchedule,
    recovery,
    reissues = false,
    modules = [],
  }: ReconcilerDependencies): DynamicModule {
    const reconciler = optionsOf(configuration, provider, databaseUrl);
    return {
      module: ReconcilerModule,
      imports: [
        ...modules,
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            type: 'postgres',
            url: databaseUrl,
            entities: [...PAYOUT_LINKS_ENTITIES, ReconciliationRun, SlotRead, Decision, ReportDelivery],
            migrations: [...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS],
            applicationName: 'payout-links-reconciler',
            poolSize: configuration.reconcileConcurrency + 4,
            retryAttempts: 0,
          }),
          dataSourceFactory: (given) => openDataSource(given as PostgresOptions),
        }),
        queueModule(reconciler.queue, reconciler.accounts.map(queueName)),
        ScheduleModule.forRoot(),
        PayoutLinksModule.forRoot({
          baseUrl: provider.baseUrl,
          accounts: { ...provider.accounts },
          // Deliveries are for the process that serves the webhook route.
          webhook: { receive: false, process: false },
          recovery,
          poolSize: configuration.reconcileConcurrency,
          autoReissue: reissues ? configuration.autoReissue : undefined,
          ...(pollsOnSchedule && { pollSchedule: { perMinute: pollsPerMinute(configuration, provider) } }),
        }),
      ],
      providers: [
        { provide: RECONCILER_OPTIONS, useValue: reconciler },
        { provide: DELIVERY_OPTIONS, useValue: deliveryOptionsOf(configuration) },
        DeliveryRepository,
        DeliveryService,
        SlotRepository,
        AccountLock,
        PollRepository,
        RateLimiter,
        LimitedReader,
        PollProcessor,
        PollWorkers,
        PollService,
        ReportRepository,
        ReportService,
        ReconciliationService,
        BulkRepository,
        BulkCreateService,
        BulkImportService,
        DecidedSlots,
        DecisionRepository,
        DecisionService,
        StatementSessions,
        StatementReads,
        StatementFiles,
        MatchService,
      ],
    };
  }
}

function deliveryOptionsOf({ reportDelivery, reportLanguage }: Configuration): DeliveryOptions {
  return { targets: reportDelivery, language: reportLanguage, waitsMs: WAITS_MS };
}

function optionsOf(configuration: Configuration, provider: Provider, databaseUrl: string): ReconcilerOptions {
  return {
    accounts: Object.keys(provider.accounts),
    reportsDir: configuration.reportsDir,
    temporaryDir: tmpdir(),
    generator: GENERATOR,
    report: {
      timezone: configuration.reportTimezone,
      language: configuration.reportLanguage,
      csvDelimiter: configuration.reportCsvDelimiter,
    },
    sealAt: configuration.reconcileSealAt,
    providerOf: (account) => {
      const { apiKey, forUserId } = provider.accounts[account] ?? {};
      return apiKey === undefined ? undefined : { baseUrl: provider.baseUrl, apiKey, forUserId };
    },
    limitsOf: (account) => ({
      perMinute: ratePerMinute(configuration, provider, account),
      concurrency: configuration.reconcileConcurrency,
    }),
    queue: queueBackend(configuration.queueUrl ?? databaseUrl),
  };
}

/** A tenth of the slowest account's rate: the rest of the provider's limit is for the runs and for the host. */
function pollsPerMinute(configuration: Configuration, provider: Provider): number {
  const rates = Object.keys(provider.accounts).map((account) =>
    ratePerMinute(configuration, provider, account),
  );
  return Math.min(600, Math.max(1, Math.floor(Math.min(...rates) / 10)));
}
