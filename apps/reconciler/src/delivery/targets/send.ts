import type { DeliveryTarget } from 'app-runtime';
import { sendMail } from './email.target.js';
import type { Message, Sent } from './message.js';
import { sendWebhook } from './webhook.target.js';

/** One attempt; never throws. The error is safe to show: no secret, no address. */
export function send(target: DeliveryTarget, message: Message): Promise<Sent> {
  return target.type === 'email' ? sendMail(target, message) : sendWebhook(target, message);
}
