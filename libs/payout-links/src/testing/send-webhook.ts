import { signWebhook, webhookText, type WebhookSignature } from './sign-webhook.js';

/** The response of the webhook route. */
export interface WebhookResponse {
  status: number;
  /** Parsed JSON, anything else as text. */
  body: unknown;
}

/**
 * Sends a webhook as the provider would, to `<your host>/webhooks/xendit/payout-links`, and returns the response
 * whatever its status is. By then the delivery is stored; it is processed afterwards.
 */
export async function sendWebhook(
  url: string,
  body: unknown,
  signature: WebhookSignature,
): Promise<WebhookResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: signWebhook(body, signature),
    body: webhookText(body),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, body: isJson(response) ? JSON.parse(text) : text };
}

function isJson({ headers }: Response): boolean {
  return /\bjson\b/i.test(headers.get('content-type') ?? '');
}
