const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When a delivery is retried, counted from its first attempt. */
const RETRY_AFTER_MS: readonly number[] = [
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
];

/** The shortest time between two attempts of a delivery. */
export const FIRST_RETRY_MS = 15 * MINUTE_MS;

/** The time of the next attempt after that many failed ones; undefined after the last. */
export function nextAttemptAt(firstAttemptAt: number, failedAttempts: number): number | undefined {
  const after = RETRY_AFTER_MS[failedAttempts - 1];
  return after === undefined ? undefined : firstAttemptAt + after;
}
