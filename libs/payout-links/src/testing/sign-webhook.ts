import { createHash } from 'node:crypto';

/** What identifies a delivery as the provider's. */
export interface WebhookSignature {
  /** One of the `webhookTokens` of the account that the delivery is for. */
  token: string;
  /** The same for every attempt of one delivery. @default none: the body's hash identifies the delivery */
  webhookId?: string;
}

/**
 * The headers with which the provider would send a webhook's body. See
 * https://docs.xendit.co/integration-payout-links#payout-links-events
 */
export function signWebhook(body: unknown, { token, webhookId }: WebhookSignature): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-callback-token': token,
    'webhook-id': webhookId ?? createHash('sha256').update(webhookText(body)).digest('hex'),
  };
}

/** The body as it is sent; a string unchanged, so that invalid JSON can be sent too. */
export function webhookText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
