import { Inject, Injectable } from '@nestjs/common';
import { BackgroundLoop } from '../background.loop.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { WebhookInbox } from './webhook.inbox.js';

const BATCH = 1_000;
const IDLE_MS = 3_600_000;

/** Deletes processed deliveries older than `retentionDays`. */
@Injectable()
export class WebhookRetention {
  private readonly loop: BackgroundLoop | undefined;

  constructor(
    inbox: WebhookInbox,
    @Inject(RESOLVED_OPTIONS) { retentionDays, webhook }: ResolvedPayoutLinksOptions,
  ) {
    if (retentionDays === undefined || !webhook.process) return;
    this.loop = new BackgroundLoop('retention of webhook deliveries', IDLE_MS, async () => {
      return (await inbox.purge(retentionDays, BATCH)) === BATCH;
    });
  }

  start(): void {
    this.loop?.start();
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }
}
