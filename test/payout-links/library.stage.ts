import { PAYOUT_LINKS_MIGRATIONS, type PayoutLink, type PayoutLinksOptions } from 'nestjs-payout-links';
import { startSandbox, type Sandbox, type SandboxOptions } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { ProviderProxy } from '../support/provider.proxy.js';

/** Short timeouts, so that a provider that does not respond is soon given up. */
export const IMPATIENT = {
  http: { connectTimeoutMs: 800, attemptTimeoutMs: 800, attempts: 2, totalTimeoutMs: 5_000 },
};

export type Fault = 'latency' | 'reset' | 'timeout-before' | 'timeout-after' | '500' | '429' | 'garbage';
export type Route = 'POST /payouts' | 'GET /payouts/:id' | 'POST /payouts/:id/void';

/** A host with its own database and provider; webhooks are sent by the test. */
export class LibraryStage {
  private readonly more: Host[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: Sandbox,
    readonly caller: SandboxCaller,
    /** Between the hosts and the sandbox. */
    readonly proxy: ProviderProxy,
    readonly host: Host,
  ) {}

  static async open(
    options: Partial<PayoutLinksOptions> = {},
    sandboxOptions: SandboxOptions = {},
  ): Promise<LibraryStage> {
    const database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    const sandbox = await startSandbox(sandboxOptions);
    const caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { drop: 1 });
    const proxy = await ProviderProxy.open(sandbox.url);
    const host = await startHost({
      databaseUrl: database.url,
      sandbox,
      options: { baseUrl: proxy.url, ...options },
    });
    return new LibraryStage(database, sandbox, caller, proxy, host);
  }

  async close(): Promise<void> {
    await Promise.all([this.host, ...this.more].map((host) => host.close()));
    await this.proxy.close();
    await this.sandbox.close();
    await this.database.drop();
  }

  get service(): Host['service'] {
    return this.host.service;
  }

  /** Another host on the same database, as in another process. */
  async another(options: Partial<PayoutLinksOptions> = {}): Promise<Host> {
    const host = await startHost({
      databaseUrl: this.database.url,
      sandbox: this.sandbox,
      options: { baseUrl: this.proxy.url, ...options },
    });
    this.more.push(host);
    return host;
  }

  create(externalId: string, more: { amount?: number | bigint; email?: string } = {}): Promise<PayoutLink> {
    return this.service.create({ externalId, amount: 50_000, email: 'siti@example.com', ...more });
  }

  async fault(route: Route, kind: Fault, times = 1, ms?: number): Promise<void> {
    await this.caller.control('faults', { route, kind, times, ...(ms !== undefined && { ms }) });
  }

  /** Requests of a route so far. */
  async requests(route: Route): Promise<number> {
    return (await this.caller.request('GET', '/_sandbox/requests')).body[route] as number;
  }

  async payouts(): Promise<{ id: string; external_id: string; amount: number; status: string }[]> {
    return (await this.caller.request('GET', '/_sandbox/payouts')).body as never;
  }

  /** Claims the link and waits for the end of the transfer. */
  async claim(link: PayoutLink, accountNumber?: string): Promise<void> {
    await this.caller.claim(link.providerId!, accountNumber);
    await this.caller.advance(1_000);
  }

  async count(what: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${what}`);
    return row!.count;
  }

  deliver(
    body: unknown,
    { token = this.sandbox.webhookToken, webhookId }: { token?: string; webhookId?: string } = {},
  ) {
    return fetch(this.host.webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== '' && { 'x-callback-token': token }),
        ...(webhookId !== undefined && { 'webhook-id': webhookId }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
}
