import type { WebhookPayload } from './webhook.payload.js';

/** One webhook on its way: the same id and body at every attempt. */
export interface Delivery {
  webhookId: string;
  payload: WebhookPayload;
  /** Epoch milliseconds of the sandbox's clock. */
  firstAttemptAt: number;
  /** Attempts made so far without success. */
  failedAttempts: number;
  /** A duplicate made on purpose: sent once, never retried. */
  isCopy: boolean;
}
