import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

export interface RawResponse {
  status: number;
  body: string;
  headers: IncomingMessage['headers'];
}

/** Sends a request that `fetch` would refuse: any header, a body in chunks, a path as it is. */
export async function rawRequest(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer | { chunks: readonly string[] },
): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, method, path, headers, insecureHTTPParser: true });
  if (typeof body === 'object' && 'chunks' in body) {
    sent.setHeader('transfer-encoding', 'chunked');
    for (const chunk of body.chunks) sent.write(chunk);
    sent.end();
  } else {
    sent.end(body);
  }
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(pieces).toString() };
}
