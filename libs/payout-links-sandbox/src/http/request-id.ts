import { randomInt } from 'node:crypto';
import type { Response } from 'express';

/** Sets a response's `Request-Id`, a string of digits, unless it has one. */
export function writeRequestId(response: Response): void {
  if (!response.hasHeader('Request-Id')) {
    response.set('Request-Id', `${Date.now()}${String(randomInt(1_000_000)).padStart(6, '0')}`);
  }
}
