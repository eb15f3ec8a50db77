import type { WebhookTarget } from 'app-runtime';
import { Webhook } from 'standardwebhooks';
import { payloadOf } from '../content.js';
import type { Message, Sent } from './message.js';
import { timeLimit } from './time-limit.js';

/** POSTs the content, signed. See https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export async function sendWebhook(
  { url, secret }: WebhookTarget,
  { id, content, signal }: Message,
): Promise<Sent> {
  const body = JSON.stringify(payloadOf(content));
  const at = new Date();
  const limit = timeLimit(signal);
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
      signal: limit.signal,
    });
    await response.body?.cancel();
    if (response.ok) return { ok: true };
    const isRedirect = response.status >= 300 && response.status < 400;
    return { ok: false, error: `HTTP ${response.status}${isRedirect ? ': redirects are not followed' : ''}` };
  } catch (error) {
    return { ok: false, error: reasonOf(error, limit.signal) };
  } finally {
    limit.end();
  }
}

function reasonOf(error: unknown, { aborted, reason }: AbortSignal): string {
  if (aborted) return (reason as Error).message;
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  const why = [cause?.code, cause?.message].find((one) => typeof one === 'string' && one !== '');
  return `connection failed (${typeof why === 'string' ? why : 'no response'})`;
}
