import { Inject, Injectable } from '@nestjs/common';
import { BackgroundLoop } from '../background.loop.js';
import { PayoutLinkRepository } from '../link/payout-link.repository.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { WebhookInbox } from './webhook.inbox.js';

const BATCH = 1_000;
const IDLE_MS = 3_600_000;

/** Deletes processed deliveries and raw responses older than `retentionDays`, in small batches. */
@Injectable()
export class WebhookRetention {
  private readonly loop: BackgroundLoop | undefined;

  constructor(
    inbox: WebhookInbox,
    repository: PayoutLinkRepository,
    @Inject(RESOLVED_OPTIONS) { retentionDays, webhook }: ResolvedPayoutLinksOptions,
  ) {
    if (retentionDays === undefined || !webhook.process) return;
    this.loop = new BackgroundLoop('retention', IDLE_MS, async () => {
      const deliveries = await inbox.purge(retentionDays, BATCH);
      const responses = await repository.purgeRaw(retentionDays, BATCH);
      return Math.max(deliveries, responses) === BATCH;
    });
  }

  start(): void {
    this.loop?.start();
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }
}
