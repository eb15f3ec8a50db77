import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export const SECRET = 'whsec_bm8gb25lIG1heSByZWFkIHRoaXM=';

/** A webhook that arrived, with a valid signature. */
export interface ReceivedWebhook {
  id: string;
  body: Record<string, unknown>;
}

/** A receiver of signed webhooks on a port of its own, which can be closed and opened again. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** What it responds with. */
  respond: { status: number; headers?: Record<string, string> } | 'never' = { status: 204 };
  private server: Server | undefined;
  private port = 0;

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await receiver.open();
    return receiver;
  }

  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        const body = new Webhook(SECRET).verify(Buffer.concat(parts), headers) as Record<string, unknown>;
        this.received.push({ id: headers['webhook-id']!, body });
        if (this.respond === 'never') return;
        response.writeHead(this.respond.status, this.respond.headers).end();
      });
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** A `webhook` target of `REPORT_DELIVERY`. */
  target(given: object = {}): object {
    return {
      type: 'webhook',
      name: 'chat',
      url: `http://127.0.0.1:${this.port}/hook`,
      secret: SECRET,
      ...given,
    };
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((closed) => {
      if (this.server) this.server.close(() => closed());
      else closed();
    });
  }
}
