import type { Sandbox } from 'payout-links-sandbox';

/** A response with its body read. */
export interface SandboxResponse {
  status: number;
  headers: Headers;
  // Each test knows the body it expects.
  body: Record<string, unknown>;
}

export type Link = Record<string, unknown> & { id: string; status: string; payout_url: string };
export type Email = { to: string; text: string; payoutId: string; payoutUrl: string; passcode: string };

const unique = (() => {
  let count = 0;
  return () => `order-${(count += 1)}`;
})();

/** Calls a sandbox like a merchant and like a test. */
export class SandboxCaller {
  constructor(
    readonly sandbox: Sandbox,
    readonly headers: Record<string, string> = {},
    readonly apiKey: string = sandbox.apiKey,
  ) {}

  async request(method: string, path: string, init: RequestInit = {}): Promise<SandboxResponse> {
    const response = await fetch(`${this.sandbox.url}${path}`, {
      method,
      redirect: 'manual',
      ...init,
      headers: { authorization: basic(this.apiKey), ...this.headers, ...(init.headers as object) },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : { text }) as SandboxResponse['body'],
    };
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<SandboxResponse> {
    return this.request('POST', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  /** Creates a link with unused values, and the given ones. */
  async create(fields: Record<string, unknown> = {}): Promise<Link> {
    const body = { external_id: unique(), amount: 23_000, email: 'demo@example.com', ...fields };
    return must(await this.post('/payouts', body)) as Link;
  }

  async read(id: string): Promise<Link> {
    return must(await this.request('GET', `/payouts/${id}`)) as Link;
  }

  async claim(id: string, accountNumber = '1234567890'): Promise<Link> {
    return must(await this.post('/_sandbox/claims', { id, accountNumber })) as Link;
  }

  async advance(advanceMs: number): Promise<string> {
    return must(await this.post('/_sandbox/clock', { advanceMs })).now as string;
  }

  async control(path: string, body: unknown): Promise<Record<string, unknown>> {
    return must(await this.post(`/_sandbox/${path}`, body));
  }

  async emails(): Promise<Email[]> {
    return must(await this.request('GET', '/_sandbox/emails')) as unknown as Email[];
  }

  submit(id: string, fields: Record<string, string>): Promise<SandboxResponse> {
    return this.request('POST', `/web/${id}`, { body: new URLSearchParams(fields) });
  }
}

export function basic(user: string, password = ''): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function must(response: SandboxResponse): Record<string, unknown> {
  if (response.status === 200) return response.body;
  throw new Error(`HTTP ${response.status}: ${JSON.stringify(response.body)}`);
}
