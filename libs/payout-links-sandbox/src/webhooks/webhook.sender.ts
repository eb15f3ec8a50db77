import { Injectable } from '@nestjs/common';
import type { Delivery } from './delivery.js';
import { WebhookSettingsHolder } from './webhook.settings.js';

const AT_ONCE = 50;
const RESPONSE_WITHIN_MS = 30_000;

/** The result of an attempt; `aborted` when the sandbox cancelled it. */
export type AttemptOutcome = 'accepted' | 'refused' | 'aborted';

/** Sends deliveries over HTTP, at most fifty at a time, so that a dead receiver does not delay the others. */
@Injectable()
export class WebhookSender {
  #free = AT_ONCE;
  #waiting: (() => void)[] = [];
  #abort = new AbortController();

  constructor(private readonly settings: WebhookSettingsHolder) {}

  async send(delivery: Delivery): Promise<AttemptOutcome> {
    const given = this.#abort.signal;
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return given.aborted ? 'aborted' : await this.#post(delivery, given);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  /** Cancels all deliveries, in flight and queued. */
  abortAll(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #post(delivery: Delivery, given: AbortSignal): Promise<AttemptOutcome> {
    const { url, token } = this.settings.current;
    if (url === null) return 'refused';
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-callback-token': token,
          'webhook-id': delivery.webhookId,
        },
        body: JSON.stringify(delivery.payload),
        redirect: 'manual',
        signal: AbortSignal.any([given, AbortSignal.timeout(RESPONSE_WITHIN_MS)]),
      });
      // Read to the end, so that the connection can be reused.
      await response.arrayBuffer();
      return response.ok ? 'accepted' : 'refused';
    } catch {
      return given.aborted ? 'aborted' : 'refused';
    }
  }
}
