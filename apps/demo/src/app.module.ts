import { resolve } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { openDataSource, type PostgresOptions } from 'app-runtime';
import { HealthModule } from 'app-runtime/observability';
import { PAYOUT_LINKS_ENTITIES, PAYOUT_LINKS_MIGRATIONS, PayoutLinksModule } from 'nestjs-payout-links';
import { BalanceController } from './balance/balance.controller.js';
import { DEMO_OPTIONS, type DemoOptions, type DemoDependencies } from './demo.options.js';
import { HealthController } from './health/health.controller.js';
import { MetricsController, TELEMETRY } from './metrics/metrics.controller.js';
import { OperationsModule } from './operations/operations.module.js';
import { ReportsController } from './reports/reports.controller.js';
import { SlotsRepository } from './reports/slots.repository.js';
import { PayoutLinksController } from './payout-links/payout-links.controller.js';

/**
 * Size of the demo's own connection pool. Requests use a connection for a statement or a short transaction, never
 * while waiting for the provider.
 */
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;

/** A minimal host of the module: its own DataSource, the module's entities and migrations, and `forRoot`. */
@Module({})
export class AppModule {
  static register({ configuration, databaseUrl, provider, telemetry }: DemoDependencies): DynamicModule {
    const options: DemoOptions = {
      language: configuration.reportLanguage,
      timezone: configuration.reportTimezone,
      accounts: Object.keys(provider.accounts),
      targets: configuration.reportDelivery.map(({ name }) => name),
      reportsDir: resolve(configuration.reportsDir),
    };
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            type: 'postgres',
            url: databaseUrl,
            entities: [...PAYOUT_LINKS_ENTITIES],
            migrations: [...PAYOUT_LINKS_MIGRATIONS],
            applicationName: 'payout-links-demo',
            poolSize: POOL_SIZE,
            connectTimeoutMS: CONNECT_TIMEOUT_MS,
            retryAttempts: 0,
          }),
          dataSourceFactory: (given) => openDataSource(given as PostgresOptions),
        }),
        PayoutLinksModule.forRoot({
          isGlobal: true,
          baseUrl: provider.baseUrl,
          accounts: { ...provider.accounts },
          retentionDays: configuration.retentionDays,
        }),
        HealthModule,
        OperationsModule.register(options, configuration.demoApiKey),
      ],
      controllers: [
        PayoutLinksController,
        BalanceController,
        HealthController,
        MetricsController,
        ReportsController,
      ],
      providers: [
        { provide: DEMO_OPTIONS, useValue: options },
        SlotsRepository,
        { provide: TELEMETRY, useValue: telemetry },
      ],
    };
  }
}
