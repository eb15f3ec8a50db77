import 'reflect-metadata';
import { ConsoleLogger, Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  PAYOUT_LINKS_ENTITIES,
  PAYOUT_LINKS_MIGRATIONS,
  PayoutLinksModule,
  PayoutLinksService,
  WEBHOOK_PATH,
  type PayoutLinksModuleExtras,
  type PayoutLinksOptions,
} from 'nestjs-payout-links';
import { startSandbox, type Sandbox, type SandboxOptions } from 'payout-links-sandbox';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How an application differs from the README's. */
export interface Peculiarities extends Pick<ModuleMetadata, 'providers' | 'controllers' | 'imports'> {
  /** Options of its DataSource; a function may change all of it before it is used. */
  dataSource?: Partial<PostgresOptions>;
  /** What it does with its DataSource before the module gets it. */
  prepareDataSource?: (options: DataSourceOptions) => Promise<DataSource>;
  options?: Partial<PayoutLinksOptions>;
  extras?: PayoutLinksModuleExtras;
  adapter?: AbstractHttpAdapter;
  /** Options of `NestFactory.create`. */
  create?: object;
  /** What `main.ts` does before it listens. */
  configure?: (app: INestApplication) => void;
}

/** A running application. */
export interface OrdinaryHost {
  app: INestApplication;
  service: PayoutLinksService;
  url: string;
  webhookUrl: string;
  /** Its log lines. */
  log: string[];
  close(): Promise<void>;
}

/** Stores an application's log. */
class KeptLog extends ConsoleLogger {
  readonly lines: string[] = [];

  protected override printMessages(messages: unknown[], _context?: string, level?: string): void {
    this.lines.push(...messages.map((message) => `${level} ${String(message)}`));
  }
}

/** A database and a provider, and the applications of a suite on them. */
export class HostStage {
  private readonly hosts: OrdinaryHost[] = [];
  /** An application that failed to start leaves its DataSource open. */
  private readonly dataSources: DataSource[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: Sandbox,
    readonly caller: SandboxCaller,
  ) {}

  /** @param migrated whether it has the module's tables */
  static async open({
    migrated = true,
    ...sandbox
  }: SandboxOptions & { migrated?: boolean } = {}): Promise<HostStage> {
    const database = await createTestDatabase(migrated ? PAYOUT_LINKS_MIGRATIONS : []);
    const started = await startSandbox(sandbox);
    return new HostStage(database, started, new SandboxCaller(started));
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()));
    for (const dataSource of this.dataSources) if (dataSource.isInitialized) await dataSource.destroy();
    await this.sandbox.close();
    await this.database.drop();
  }

  /** Starts an application; the sandbox's webhooks go to the last one started. */
  async start(peculiarities: Peculiarities = {}): Promise<OrdinaryHost> {
    const { prepareDataSource = (options) => new DataSource(options).initialize() } = peculiarities;
    const host = await startOrdinaryHost(this.database.url, this.sandbox, {
      ...peculiarities,
      prepareDataSource: async (options) => {
        const dataSource = await prepareDataSource(options);
        this.dataSources.push(dataSource);
        return dataSource;
      },
    });
    this.hosts.push(host);
    await this.caller.control('webhooks', { url: host.webhookUrl });
    return host;
  }

  /** Claims a link and waits for the end of the transfer. */
  async claim(providerId: string | null, accountNumber?: string): Promise<void> {
    await this.caller.claim(providerId!, accountNumber);
    await this.caller.advance(1_000);
  }

  async payouts(): Promise<{ id: string; external_id: string }[]> {
    return (await this.caller.request('GET', '/_sandbox/payouts')).body as never;
  }

  post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  }

  /** A delivery as the provider sends it. */
  deliver(host: OrdinaryHost, body: unknown, token = this.sandbox.webhookToken): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.post(host.webhookUrl, text, { 'x-callback-token': token });
  }
}

export const payoutFor = (externalId: string) => ({ externalId, amount: 50_000, email: 'siti@example.com' });

async function startOrdinaryHost(
  databaseUrl: string,
  sandbox: Sandbox,
  {
    dataSource,
    prepareDataSource,
    options,
    extras,
    adapter,
    create,
    configure,
    imports = [],
    providers = [],
    controllers = [],
  }: Peculiarities & Required<Pick<Peculiarities, 'prepareDataSource'>>,
): Promise<OrdinaryHost> {
  const given: DataSourceOptions = {
    type: 'postgres',
    url: databaseUrl,
    entities: [...PAYOUT_LINKS_ENTITIES],
    ...dataSource,
  };
  @Module({
    imports: [
      TypeOrmModule.forRootAsync({
        name: extras?.dataSource,
        useFactory: () => ({ ...given, retryAttempts: 0 }),
        dataSourceFactory: () => prepareDataSource(given),
      }),
      PayoutLinksModule.forRoot({
        apiKey: sandbox.apiKey,
        webhookTokens: [sandbox.webhookToken],
        baseUrl: sandbox.url,
        ...options,
        ...extras,
      }),
      ...imports,
    ],
    providers,
    controllers,
  })
  class HostModule {}

  const logger = new KeptLog();
  const settings = { logger, abortOnError: false, ...create };
  const app = adapter
    ? await NestFactory.create(HostModule, adapter, settings)
    : await NestFactory.create(HostModule, settings);
  try {
    configure?.(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const url = await app.getUrl();
  return {
    app,
    service: app.get(PayoutLinksService, { strict: false }),
    url,
    webhookUrl: url + WEBHOOK_PATH,
    log: logger.lines,
    close: () => app.close(),
  };
}
