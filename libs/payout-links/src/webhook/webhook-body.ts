import { PayloadTooLargeException } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { isTooDeep } from '../rules/json.js';
import { isRecord } from '../xendit/xendit.responses.js';
import type { WebhookRequest } from './webhook-token.guard.js';

/** Of a body that the host leaves unread, in bytes. */
const MAX_BYTES = 1_000_000;

/**
 * The JSON object of a delivery, whatever the host did with its body: parsed it, passed it on as Buffer or string
 * (`express.raw()`), or left it unread (`bodyParser: false`).
 * @returns null when it is not a JSON object that can be stored
 */
export async function readJsonObject(request: WebhookRequest): Promise<Record<string, unknown> | null> {
  const body = request.body === undefined ? await readUnparsed(request) : request.body;
  const value = typeof body === 'string' || body instanceof Uint8Array ? parse(body) : body;
  // Express's parsers turn an empty body, and a form, into an object.
  if (!isRecord(value) || (value === body && !carriesJson(request, value))) return null;
  return isTooDeep(value) ? null : value;
}

function parse(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

async function readUnparsed(request: WebhookRequest): Promise<Uint8Array> {
  // Fastify wraps Node's request.
  const stream = ('raw' in request ? request.raw : request) as Readable;
  if (stream.readableDidRead) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read to the end even when it is too large: closing the connection early would lose the response.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BYTES) throw new PayloadTooLargeException();
  return Buffer.concat(chunks);
}

/** A body sent in chunks has no stated length: an empty object in it is taken for an empty body. */
function carriesJson({ headers }: WebhookRequest, body: Record<string, unknown>): boolean {
  const length = headers['content-length'];
  const isEmpty = length === undefined ? Object.keys(body).length === 0 : length === '0';
  return !isEmpty && /\bjson\b/i.test(String(headers['content-type']));
}
