/** Limits of one call to the provider, all in milliseconds but `attempts`. */
export interface RetryLimits {
  attempts: number;
  totalTimeoutMs: number;
}

/** What happened to an attempt, as far as trying again is concerned. */
export type AttemptResult =
  /** The provider took no request: does not count as an attempt. */
  | { kind: 'rate-limited'; retryAfterMs: number | null }
  /** No answer that can be relied on. */
  | { kind: 'inconclusive' };

const BASE_MS = 500;
const CAP_MS = 8_000;

/**
 * How long to wait before the next attempt, or null to give up.
 * Doubles from half a second to eight, times a random share of one half to one; the provider's own
 * `Rate-Limit-Reset` is obeyed (its window slides, so the jitter is added, never subtracted).
 * @param attempts attempts made that count
 * @param rateLimited refusals for the rate in a row, this one included
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
