import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextWaitMs } from './retry.js';

const LIMITS = { attempts: 4, totalTimeoutMs: 90_000 };
const inconclusive = { kind: 'inconclusive' } as const;

describe('the wait before another attempt', () => {
  it.each([
    [1, 0, 250],
    [1, 1, 500],
    [2, 1, 1_000],
    [3, 1, 2_000],
  ])('after attempt %d with the random number %d is %d ms', (attempts, random, ms) => {
    expect(nextWaitMs(inconclusive, { attempts, rateLimited: 0, elapsedMs: 0 }, LIMITS, random)).toBe(ms);
  });

  it('ends with the attempts', () => {
    expect(nextWaitMs(inconclusive, { attempts: 4, rateLimited: 0, elapsedMs: 0 }, LIMITS, 0)).toBeNull();
  });

  it('is never shorter than the provider asks for, and a 429 is not an attempt', () => {
    const limited = { kind: 'rate-limited', retryAfterMs: 19_546 } as const;
    const wait = nextWaitMs(limited, { attempts: 4, rateLimited: 1, elapsedMs: 0 }, LIMITS, 0.5);
    expect(wait).toBeGreaterThanOrEqual(19_546);
    expect(wait).toBeLessThan(20_000);
  });

  it('never reaches past the total time (property)', () => {
    fc.assert(
      fc.property(
        fc.option(fc.nat(200_000)),
        fc.nat(30),
        fc.nat(30),
        fc.nat(100_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (retryAfterMs, attempts, rateLimited, elapsedMs, random) => {
          const state = { attempts: attempts + 1, rateLimited: rateLimited + 1, elapsedMs };
          const waits = [inconclusive, { kind: 'rate-limited', retryAfterMs } as const].map(
            (result) => nextWaitMs(result, state, LIMITS, random) ?? 0,
          );
          const latest = elapsedMs + Math.max(...waits);
          expect(latest).toBeLessThanOrEqual(Math.max(elapsedMs, LIMITS.totalTimeoutMs));
        },
      ),
    );
  });
});
