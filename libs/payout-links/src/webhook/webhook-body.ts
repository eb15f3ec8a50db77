import { PayloadTooLargeException } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { isRecord } from '../xendit/xendit.responses.js';
import type { WebhookRequest } from './webhook-token.guard.js';

/** Of a body that the host leaves to us to read. */
const MAX_BYTES = 1_000_000;

/**
 * The JSON object that a delivery carries, whatever the host made of its body: parsed, as Buffer or string
 * (`express.raw()`), or not read at all (`bodyParser: false`).
 * @returns null when it is no JSON object
 */
export async function readJsonObject(request: WebhookRequest): Promise<Record<string, unknown> | null> {
  const body = request.body === undefined ? await readUnparsed(request) : request.body;
  if (typeof body === 'string' || body instanceof Uint8Array) return parse(body);
  // Express's parsers make an empty object of an empty body, and an object of a form.
  return isRecord(body) && carriesJson(request) ? body : null;
}

function parse(body: string | Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
    return isRecord(value) ? value : null;
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
  // Read to the end even when it is too large: a connection that is cut gets no response.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BYTES) throw new PayloadTooLargeException();
  return Buffer.concat(chunks);
}

function carriesJson({ headers }: WebhookRequest): boolean {
  return headers['content-length'] !== '0' && /\bjson\b/i.test(String(headers['content-type']));
}
