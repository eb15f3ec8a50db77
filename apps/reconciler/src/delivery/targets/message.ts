import type { DeliveryContent } from '../content.js';

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
  /** Ends the attempt: the process is stopping. */
  signal: AbortSignal;
}

/** What became of an attempt. */
export type Sent =
  | { ok: true }
  /** The error is safe to show. `addressesLeft`: only these were refused, the others have it. */
  | { ok: false; error: string; addressesLeft?: readonly string[] };
