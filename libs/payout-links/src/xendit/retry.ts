/** Limits of one call to the provider, in milliseconds except `attempts`. */
export interface RetryLimits {
  attempts: number;
  totalTimeoutMs: number;
}

/** The outcome of an attempt, as far as retries are concerned. */
export type AttemptResult =
  /** The provider accepted no request: does not count as an attempt. */
  | { kind: 'rate-limited'; retryAfterMs: number | null }
  /** No reliable response. */
  | { kind: 'inconclusive' };

const BASE_MS = 500;
const CAP_MS = 8_000;

/**
 * How long to wait before the next attempt in milliseconds, or null to give up. Doubles from half a second to
 * eight, times a random factor between one half and one. The provider's `Rate-Limit-Reset` is obeyed; its window
 * slides, so the jitter is added to it.
 * @param attempts attempts so far that count
 * @param rateLimited consecutive 429 responses, including this one
 * @param random between 0 and 1
 */
export function nextWaitMs(
  result: AttemptResult,
  { attempts, rateLimited, elapsedMs }: { attempts: number; rateLimited: number; elapsedMs: number },
  limits: RetryLimits,
  random: number,
): number | null {
  if (result.kind === 'inconclusive' && attempts >= limits.attempts) return null;
  const tries = result.kind === 'rate-limited' ? rateLimited : attempts;
  const backOff = Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1)) * (0.5 + random / 2);
  const wait =
    result.kind === 'rate-limited' && result.retryAfterMs !== null
      ? Math.max(backOff, result.retryAfterMs + (random * BASE_MS) / 2)
      : backOff;
  return elapsedMs + wait < limits.totalTimeoutMs ? Math.ceil(wait) : null;
}
