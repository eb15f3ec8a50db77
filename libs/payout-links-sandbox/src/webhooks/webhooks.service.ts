import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import type { Payout } from '../payouts/payout.js';
import type { Delivery } from './delivery.js';
import { nextAttemptAt } from './retry-times.js';
import { webhookPayload } from './webhook.payload.js';
import { WebhookSender } from './webhook.sender.js';
import { WebhookSettingsHolder } from './webhook.settings.js';

const SHUFFLE_WITHIN_MS = 1_000;

/** Sends webhooks about links that reached a final status, as reliably as the settings say. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly clock: SandboxClock,
    private readonly settings: WebhookSettingsHolder,
    private readonly sender: WebhookSender,
  ) {
    clock.on('delivery', ({ delivery }) => this.#attempt(delivery));
  }

  /** Queues the webhook for a link's new status; nothing for statuses without one. */
  announce(payout: Payout, at: number): void {
    const payload = webhookPayload(payout, at);
    const { url, drop, duplicate } = this.settings.current;
    if (!payload || url === null || Math.random() < drop) return;
    const webhookId = randomUUID();
    this.#schedule(webhookId, payload, at, false);
    if (Math.random() < duplicate) this.#schedule(webhookId, payload, at, true);
  }

  #schedule(webhookId: string, payload: Delivery['payload'], at: number, isCopy: boolean): void {
    const { delayMs, shuffle } = this.settings.current;
    const firstAttemptAt = at + delayMs + (shuffle ? Math.floor(Math.random() * SHUFFLE_WITHIN_MS) : 0);
    this.clock.schedule(firstAttemptAt, {
      kind: 'delivery',
      delivery: { webhookId, payload, firstAttemptAt, failedAttempts: 0, isCopy },
    });
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const outcome = await this.sender.send(delivery);
    if (outcome !== 'refused' || delivery.isCopy) return;
    const failedAttempts = delivery.failedAttempts + 1;
    const at = nextAttemptAt(delivery.firstAttemptAt, failedAttempts);
    if (at !== undefined) {
      this.clock.schedule(at, { kind: 'delivery', delivery: { ...delivery, failedAttempts } });
    }
  }
}
