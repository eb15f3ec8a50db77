import type { WebhookTarget } from 'app-runtime';
import { Webhook } from 'standardwebhooks';
import { payloadOf } from '../content.js';
import { ATTEMPT_MS, type Message, type Sent } from './message.js';

/** POSTs the content, signed. See https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export async function sendWebhook({ url, secret }: WebhookTarget, { id, content }: Message): Promise<Sent> {
  const body = JSON.stringify(payloadOf(content));
  const at = new Date();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(id, at, body),
      },
      body,
      // Elsewhere the signature would prove nothing about who got it.
      redirect: 'manual',
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { ok: true };
    const isRedirect = response.status >= 300 && response.status < 400;
    return { ok: false, error: `HTTP ${response.status}${isRedirect ? ': redirects are not followed' : ''}` };
  } catch (error) {
    return { ok: false, error: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no response within ${ATTEMPT_MS / 1_000} s`;
  const { cause } = error as { cause?: { code?: unknown } };
  return `connection failed (${typeof cause?.code === 'string' ? cause.code : 'no response'})`;
}
