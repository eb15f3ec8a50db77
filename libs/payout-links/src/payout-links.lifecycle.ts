import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PayoutLinksDatabase } from './database/payout-links.database.js';
import { checkTables } from './database/tables.check.js';
import { OutboxDispatcher } from './handlers/outbox.dispatcher.js';
import { LateSuccess } from './link/late-success.js';
import { PayoutLinkPoller } from './link/payout-link.poller.js';
import { PayoutLinkRecovery } from './link/payout-link.recovery.js';
import { AutomaticReissue } from './reissue-plan/automatic-reissue.js';
import { Gauges } from './telemetry/gauges.js';
import { WebhookProcessor } from './webhook/webhook.processor.js';
import { WebhookRetention } from './webhook/webhook.retention.js';

/** Starts the library's background work after checking its tables, and stops it at shutdown. */
@Injectable()
export class PayoutLinksLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly database: PayoutLinksDatabase,
    private readonly dispatcher: OutboxDispatcher,
    private readonly processor: WebhookProcessor,
    private readonly retention: WebhookRetention,
    private readonly recovery: PayoutLinkRecovery,
    private readonly lateSuccess: LateSuccess,
    private readonly automaticReissue: AutomaticReissue,
    private readonly poller: PayoutLinkPoller,
    private readonly gauges: Gauges,
  ) {}

  /** Not earlier: hosts may run their migrations until then. */
  async onApplicationBootstrap(): Promise<void> {
    await checkTables(this.database);
    await this.dispatcher.start();
    this.processor.start();
    this.retention.start();
    this.recovery.start();
    this.lateSuccess.start();
    this.automaticReissue.start();
    this.poller.start();
    this.gauges.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.gauges.stop();
    await Promise.all([
      this.dispatcher.stop(),
      this.processor.stop(),
      this.retention.stop(),
      this.recovery.stop(),
      this.lateSuccess.stop(),
      this.automaticReissue.stop(),
      this.poller.stop(),
    ]);
  }
}
