/** A response's body was longer than its limit. */
export class TooLargeError extends Error {}

/** The parts of a response's body; throws TooLargeError at the part that exceeds the limit. */
export async function* limitedBody(
  response: Response,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, void> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw new TooLargeError();
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) throw new TooLargeError();
    yield part;
  }
}

/** A short body as text. */
export async function limitedText(response: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of limitedBody(response, maxBytes)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
