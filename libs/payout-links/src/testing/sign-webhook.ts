import { createHash } from 'node:crypto';

/** What makes a delivery the provider's. */
export interface WebhookSignature {
  /** One of the `webhookTokens` of the account that the delivery is for. */
  token: string;
  /** The same for every attempt of one delivery; left out, the same body is the same delivery. */
  webhookId?: string;
}

/** The headers with which the provider would send a webhook's body (specification: “Payout Links Events”). */
export function signWebhook(body: unknown, { token, webhookId }: WebhookSignature): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-callback-token': token,
    'webhook-id': webhookId ?? createHash('sha256').update(webhookText(body)).digest('hex'),
  };
}

/** A body as it is sent: a string as it is, so that one which is not JSON can be sent too. */
export function webhookText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
