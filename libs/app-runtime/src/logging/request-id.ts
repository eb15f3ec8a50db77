import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const HEADER = 'x-request-id';
const USABLE = /^[\w.:-]{1,128}$/;

const current = new AsyncLocalStorage<string>();

/** The id of the request that is being processed. */
export function requestId(): string | undefined {
  return current.getStore();
}

/**
 * Takes over `x-request-id` when it is 1 to 128 characters of `A–Z a–z 0–9 . _ : -`, else makes one; returns it to the
 * caller, and has it in every line that is logged for the request. Must be the first middleware.
 */
export function requestIdMiddleware(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  const given = request.headers[HEADER];
  const id = typeof given === 'string' && USABLE.test(given) ? given : randomUUID();
  response.setHeader(HEADER, id);
  current.run(id, next);
}
