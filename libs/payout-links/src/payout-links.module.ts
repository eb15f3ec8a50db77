import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PayoutLinksAccounts } from './account/payout-links.accounts.js';
import { HandlerExplorer } from './handlers/handler.explorer.js';
import { OutboxDispatcher } from './handlers/outbox.dispatcher.js';
import { OutboxRepository } from './handlers/outbox.repository.js';
import { PayoutLinkChecks } from './link/payout-link.checks.js';
import { PayoutLinkCreator } from './link/payout-link.creator.js';
import { PayoutLinkReader } from './link/payout-link.reader.js';
import { PayoutLinkRecorder } from './link/payout-link.recorder.js';
import { PayoutLinkRecovery } from './link/payout-link.recovery.js';
import { PayoutLinkReissuer } from './link/payout-link.reissuer.js';
import { PayoutLinkRepository } from './link/payout-link.repository.js';
import { WriteOffRepository } from './link/write-off.repository.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  RESOLVED_OPTIONS,
} from './payout-links.module-definition.js';
import { resolveOptions } from './payout-links.options.js';
import { PayoutLinksService } from './payout-links.service.js';
import { WebhookController } from './webhook/webhook.controller.js';
import { WebhookGate } from './webhook/webhook.gate.js';
import { WebhookInbox } from './webhook/webhook.inbox.js';
import { WebhookProcessor } from './webhook/webhook.processor.js';
import { WebhookRetention } from './webhook/webhook.retention.js';
import { XenditClient } from './xendit/xendit.client.js';

/**
 * Xendit Payout Links in a NestJS application: `forRoot(options)` or `forRootAsync({ useFactory, inject })`, on the
 * host's TypeORM DataSource, whose `entities` and `migrations` take `PAYOUT_LINKS_ENTITIES` and
 * `PAYOUT_LINKS_MIGRATIONS`. Extras: `dataSource` (its name), `isGlobal`.
 */
@Module({
  // An instance of its own: what the host hangs on the process-wide axios would resend creates behind our back.
  imports: [HttpModule.register({}), DiscoveryModule],
  controllers: [WebhookController],
  providers: [
    { provide: RESOLVED_OPTIONS, useFactory: resolveOptions, inject: [MODULE_OPTIONS_TOKEN] },
    PayoutLinksAccounts,
    XenditClient,
    PayoutLinkRepository,
    PayoutLinkRecorder,
    PayoutLinkReader,
    PayoutLinkCreator,
    WriteOffRepository,
    PayoutLinkReissuer,
    PayoutLinkRecovery,
    PayoutLinkChecks,
    WebhookGate,
    WebhookInbox,
    WebhookProcessor,
    WebhookRetention,
    HandlerExplorer,
    OutboxRepository,
    OutboxDispatcher,
    PayoutLinksService,
  ],
  exports: [PayoutLinksService, PayoutLinkReader],
})
export class PayoutLinksModule extends ConfigurableModuleClass {}
