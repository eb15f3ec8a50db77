import type { ProviderRefusal } from '../payout-links.errors.js';
import type { ProviderLink } from '../rules/observation.js';

/** The provider's rate limit headers; missing on some of its endpoints. */
export interface RateLimit {
  limit: number | null;
  remaining: number | null;
  /** Milliseconds until the window resets: a minute at most, which is its length. */
  resetMs: number | null;
}

/** The outcome of a request about a payout link, as a value: nothing here throws. */
export type ProviderResponse =
  /** A readable payout link. */
  { kind: 'link'; link: ProviderLink; raw: unknown; rateLimit: RateLimit } | NoContent;

/** @internal The outcome of a request for the balance. */
export type BalanceResponse = { kind: 'balance'; available: bigint } | NoContent;

/** A response without the content that was asked for. */
export type NoContent =
  /** A readable refusal. */
  | {
      kind: 'refused';
      refusal: ProviderRefusal & { httpStatus: number };
      message: string;
      raw: unknown;
      rateLimit: RateLimit;
    }
  /** 429: the provider accepted no request. */
  | {
      kind: 'rate-limited';
      /** As asked, of any length: only to decide whether this call can wait for it. */
      retryAfterMs: number | null;
      refusal: ProviderRefusal;
      raw: unknown;
      rateLimit: RateLimit;
    }
  /** No connection: nothing can have reached the provider. */
  | { kind: 'unreachable'; reason: string }
  /** Unknown whether it was carried out: timeout, reset, redirect, 5xx, or an unreadable response. */
  | {
      kind: 'inconclusive';
      reason: string;
      unreadable: boolean;
      timedOut?: true;
      refusal: ProviderRefusal;
      raw: unknown;
    };
