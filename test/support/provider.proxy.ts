import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A request as it passed. */
export interface PassedRequest {
  method: string;
  path: string;
  body: string;
  headers: IncomingMessage['headers'];
}

/** An answer on its way back. */
export interface PassedResponse {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Stands between a host and the provider: sees every request, can hold back answers and give others instead. */
export class ProviderProxy {
  readonly passed: PassedRequest[] = [];
  /** How often each HTTP status was answered. */
  readonly statuses = new Map<number, number>();
  /** Waits before an answer goes back; the request has been carried out by then. */
  beforeResponse: (request: PassedRequest) => Promise<unknown> = () => Promise.resolve();
  /** What goes back: the provider's own answer, unless a test says something else instead of `ask` or after it. */
  answerTo: (request: PassedRequest, ask: () => Promise<PassedResponse>) => Promise<PassedResponse> = (
    _,
    ask,
  ) => ask();

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
    // Whoever calls may die at any moment: then there is nobody to answer.
    outgoing.on('error', () => undefined);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const { method = '', url = '', headers } = incoming;
      const seen = { method, path: url, body: body.toString(), headers };
      this.passed.push(seen);
      const { status, headers: answered, body: text } = await this.answerTo(seen, () => this.ask(seen, body));
      await this.beforeResponse(seen);
      outgoing.writeHead(status, answered);
      outgoing.end(text);
    } catch {
      // A connection that was lost behind it is lost before it too.
      incoming.socket.resetAndDestroy();
    }
  }

  private async ask({ method, path, headers }: PassedRequest, body: Buffer): Promise<PassedResponse> {
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
