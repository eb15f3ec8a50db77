import type { Response } from 'express';

/** Writes the provider's headers; `Rate-Limit-Reset` is seconds with a fraction. */
export function writeRateLimit(response: Response, limit: number, remaining: number, resetMs: number): void {
  response.set({
    'Rate-Limit-Limit': String(limit),
    'Rate-Limit-Remaining': String(remaining),
    'Rate-Limit-Reset': String(Math.ceil(resetMs) / 1_000),
  });
}
