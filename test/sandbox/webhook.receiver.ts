import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Received {
  headers: IncomingHttpHeaders;
  body: {
    event: string;
    business_id: string;
    created: string;
    data: Record<string, unknown> & { reference_id: string };
  };
}

/** A merchant's webhook address that stores what it receives. */
export interface Receiver {
  url: string;
  received: Received[];
  /** The HTTP status of the next responses; `'silence'` for no response at all. */
  respondWith: number | 'silence';
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as Received['body'] });
      if (receiver.respondWith !== 'silence') response.writeHead(receiver.respondWith).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    respondWith: 200,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
