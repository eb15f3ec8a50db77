import type { DeliveryTarget } from 'app-runtime';
import type { Message, Sent } from './message.js';

/** One attempt; never throws. The error is safe to show: no secret, no address. */
export async function send(target: DeliveryTarget, message: Message): Promise<Sent> {
  // Their libraries are only loaded to deliver.
  return target.type === 'email'
    ? (await import('./email.target.js')).sendMail(target, message)
    : (await import('./webhook.target.js')).sendWebhook(target, message);
}
