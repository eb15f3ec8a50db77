import { signWebhook, webhookText, type WebhookSignature } from './sign-webhook.js';

/** What the webhook route answered. */
export interface WebhookResponse {
  status: number;
  /** JSON as it was read, anything else as text. */
  body: unknown;
}

/**
 * Sends a webhook as the provider would, to `<your host>/webhooks/xendit/payout-links`, and gives the answer whatever
 * its status is. The delivery is stored by then; it is worked on afterwards.
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
