import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A request that passed through. */
export interface PassedRequest {
  method: string;
  path: string;
  body: string;
  headers: IncomingMessage['headers'];
}

/** A response on its way back. */
export interface PassedResponse {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A response that a test returns instead. */
export type ReturnedResponse = Omit<PassedResponse, 'body'> & { body: string | Buffer };

/** A proxy between a host and the provider: records every request, and can delay or replace responses. */
export class ProviderProxy {
  readonly passed: PassedRequest[] = [];
  /** How often each HTTP status was returned. */
  readonly statuses = new Map<number, number>();
  /** Called before a response is returned, after the request has been carried out. */
  beforeResponse: (request: PassedRequest) => Promise<unknown> = () => Promise.resolve();
  /** Returns the response: the provider's own, unless a test replaces it instead of calling `forward` or afterwards. */
  respondTo: (request: PassedRequest, forward: () => Promise<PassedResponse>) => Promise<ReturnedResponse> = (
    _,
    forward,
  ) => forward();

  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
    private readonly target: string,
  ) {}

  static async open(target: string): Promise<ProviderProxy> {
    const server = createServer((incoming, outgoing) => void proxy.pass(incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const close = async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    };
    const proxy = new ProviderProxy(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close,
      target,
    );
    return proxy;
  }

  /** Every create that was ever sent: its external id with the values and key that it was sent with. */
  creates(): { externalId: string; values: string }[] {
    return this.passed
      .filter(({ method, path }) => method === 'POST' && /^\/payouts\/?$/.test(path))
      .map(({ body, headers }) => {
        const { external_id, ...rest } = JSON.parse(body) as { external_id: string };
        return { externalId: external_id, values: JSON.stringify([rest, headers['x-idempotency-key']]) };
      });
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    // The caller may die at any moment.
    outgoing.on('error', () => undefined);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const { method = '', url = '', headers } = incoming;
      const seen = { method, path: url, body: body.toString(), headers };
      this.passed.push(seen);
      const {
        status,
        headers: responded,
        body: text,
      } = await this.respondTo(seen, () => this.forward(seen, body));
      await this.beforeResponse(seen);
      outgoing.writeHead(status, responded);
      outgoing.end(text);
    } catch {
      // A connection lost behind the proxy is lost in front of it too.
      incoming.socket.resetAndDestroy();
    }
  }

  private async forward({ method, path, headers }: PassedRequest, body: Buffer): Promise<PassedResponse> {
    const forward = request(this.target + path, { method, headers });
    forward.end(body);
    const [response] = (await once(forward, 'response')) as [IncomingMessage];
    const status = response.statusCode!;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = response.headers;
    return { status, headers: kept, body: Buffer.concat(chunks).toString() };
  }
}
