import { setTimeout as wait } from 'node:timers/promises';

/** Waits before each further attempt. Milliseconds. */
const WAITS_MS = [1_000, 3_000, 9_000];

/** A failure that may be over a moment later. */
export class PassingFailure extends Error {}

/**
 * Repeats a request that failed in passing, a few times.
 * @param waits before each further attempt, in milliseconds @default 1, 3 and 9 seconds
 * @throws the last failure
 */
export async function attempt<T>(
  request: () => Promise<T>,
  signal: AbortSignal,
  waits: readonly number[] = WAITS_MS,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await request();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PassingFailure) || failures === waits.length) throw error;
      await wait(waits[failures], undefined, { signal });
    }
  }
}
