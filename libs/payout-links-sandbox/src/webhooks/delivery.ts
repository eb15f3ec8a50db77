import type { WebhookPayload } from './webhook.payload.js';

/** One webhook: the same id and body at every attempt. */
export interface Delivery {
  webhookId: string;
  payload: WebhookPayload;
  /** Epoch milliseconds of the sandbox's clock. */
  firstAttemptAt: number;
  /** Failed attempts so far. */
  failedAttempts: number;
  /** An intended duplicate: sent once, never retried. */
  isCopy: boolean;
}
