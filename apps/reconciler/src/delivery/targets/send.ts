import type { DeliveryTarget } from 'app-runtime';
import type { DeliveryContent } from '../content.js';
import { sendMail } from './email.target.js';
import { sendWebhook } from './webhook.target.js';

/** Longest an attempt may take, in milliseconds. */
export const ATTEMPT_MS = 30_000;

/** What is sent. */
export interface Message {
  /** The same at every attempt. */
  id: string;
  content: DeliveryContent;
  language: 'en' | 'id';
  /** E-mail addresses; null for all of the target's. */
  addresses: readonly string[] | null;
}

/** What became of an attempt. */
export type Sent =
  | { ok: true }
  /** `addressesLeft`: only these were refused, the others have it. */
  | { ok: false; error: string; addressesLeft?: readonly string[] };

/** One attempt; never throws. The error is safe to show: no secret, no address. */
export function send(target: DeliveryTarget, message: Message): Promise<Sent> {
  return target.type === 'email' ? sendMail(target, message) : sendWebhook(target, message);
}
