import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { PayoutLinksAccounts } from './account/payout-links.accounts.js';
import { openDatabase } from './database/open-database.js';
import { PayoutLinksDatabase } from './database/payout-links.database.js';
import { HandlerExplorer } from './handlers/handler.explorer.js';
import { OutboxDispatcher } from './handlers/outbox.dispatcher.js';
import { OutboxRepository } from './handlers/outbox.repository.js';
import { LateSuccess } from './link/late-success.js';
import { PayoutLinkPoller } from './link/payout-link.poller.js';
import { PayoutLinkAdopter } from './link/payout-link.adopter.js';
import { PayoutLinkCreator } from './link/payout-link.creator.js';
import { PayoutLinkImporter } from './link/payout-link.importer.js';
import { PayoutLinkReader } from './link/payout-link.reader.js';
import { PayoutLinkRecorder } from './link/payout-link.recorder.js';
import { PayoutLinkRecovery } from './link/payout-link.recovery.js';
import { PayoutLinkReissuer } from './link/payout-link.reissuer.js';
import { PayoutLinkRepository } from './link/payout-link.repository.js';
import { PayoutLinkVoider } from './link/payout-link.voider.js';
import { Forgetting } from './privacy/forget.js';
import { WriteOffRepository } from './link/write-off.repository.js';
import { PayoutLinksSetupError } from './payout-links.errors.js';
import { PayoutLinksLifecycle } from './payout-links.lifecycle.js';
import {
  ConfigurableModuleClass,
  HOST_DATA_SOURCE,
  MODULE_OPTIONS_TOKEN,
} from './payout-links.module-definition.js';
import { resolveOptions, RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from './payout-links.options.js';
import { PayoutLinksService } from './payout-links.service.js';
import { AutomaticReissue } from './reissue-plan/automatic-reissue.js';
import { ReissuePlanRepository } from './reissue-plan/reissue-plan.repository.js';
import { Gauges } from './telemetry/gauges.js';
import { Meters } from './telemetry/meters.js';
import { WebhookTokenMiddleware } from './webhook/webhook-token.middleware.js';
import { WebhookInbox } from './webhook/webhook.inbox.js';
import { WebhookProcessor } from './webhook/webhook.processor.js';
import { WebhookRetention } from './webhook/webhook.retention.js';
import { WebhookTokens } from './webhook/webhook.tokens.js';
import { XenditClient } from './xendit/xendit.client.js';
import type { DataSource } from 'typeorm';

/**
 * Xendit Payout Links in a NestJS application: `forRoot(options)` or `forRootAsync({ useFactory, inject })`. Uses
 * the host's TypeORM DataSource, whose `entities` and `migrations` take `PAYOUT_LINKS_ENTITIES` and
 * `PAYOUT_LINKS_MIGRATIONS`. Extras: `dataSource` (its name), `isGlobal`, `controllerDecorators`.
 * @throws PayoutLinksSetupError at start when it is registered twice or the DataSource cannot hold payout links
 */
@Module({
  // Own axios instance: interceptors on the host's global one (retries, for instance) could resend a create.
  imports: [HttpModule.register({}), DiscoveryModule],
  providers: [
    { provide: RESOLVED_OPTIONS, useFactory: resolveOptions, inject: [MODULE_OPTIONS_TOKEN] },
    {
      provide: PayoutLinksDatabase,
      useFactory: (host: DataSource, { poolSize }: ResolvedPayoutLinksOptions) =>
        openDatabase(host, poolSize),
      inject: [HOST_DATA_SOURCE, RESOLVED_OPTIONS],
    },
    PayoutLinksAccounts,
    Meters,
    Gauges,
    XenditClient,
    PayoutLinkRepository,
    PayoutLinkRecorder,
    PayoutLinkReader,
    PayoutLinkCreator,
    PayoutLinkAdopter,
    PayoutLinkImporter,
    PayoutLinkVoider,
    LateSuccess,
    WriteOffRepository,
    Forgetting,
    PayoutLinkReissuer,
    ReissuePlanRepository,
    AutomaticReissue,
    PayoutLinkRecovery,
    PayoutLinkPoller,
    WebhookTokens,
    WebhookTokenMiddleware,
    WebhookInbox,
    WebhookProcessor,
    WebhookRetention,
    HandlerExplorer,
    OutboxRepository,
    OutboxDispatcher,
    PayoutLinksLifecycle,
    PayoutLinksService,
  ],
  exports: [PayoutLinksService, PayoutLinkReader, PayoutLinkImporter, PayoutLinksDatabase],
})
export class PayoutLinksModule extends ConfigurableModuleClass {
  constructor(modules: ModulesContainer) {
    super();
    const registrations = [...modules.values()].filter(({ metatype }) => metatype === PayoutLinksModule);
    if (registrations.length > 1) {
      throw new PayoutLinksSetupError(
        'PayoutLinksModule is registered twice: register it once (isGlobal makes it visible everywhere) and name ' +
          'further provider accounts in accounts',
      );
    }
  }
}
