/** The fields of the demo's payout link that are used here. */
export interface Link {
  id: string;
  externalId: string;
  providerId: string | null;
  amount: number;
  status: string;
  failureCode: string | null;
  payoutUrl: string | null;
  advice: { retry: string; owner: string; notBefore: string | null; text: string } | null;
}

/** A business that pays through the demo's HTTP API. */
export class DemoClient {
  constructor(
    private readonly url: string,
    private readonly apiKey: string | undefined,
  ) {}

  /** Undefined when the payout was refused (422); the link is then stored as rejected. */
  async create(externalId: string, amount: number): Promise<Link | undefined> {
    const response = await this.send('POST', '/payout-links', {
      externalId,
      amount,
      email: 'siti.rahayu@example.com',
    });
    if (response.status === 422) return undefined;
    return must(response, 201);
  }

  async void(id: string): Promise<Link> {
    return must(await this.send('POST', `/payout-links/${id}/void`), 200);
  }

  /** Every link whose external id contains a text. */
  async find(q: string): Promise<Link[]> {
    const links: Link[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ q, limit: '200', ...(cursor !== null && { cursor }) });
      const page: { items: Link[]; nextCursor: string | null } = await must(
        await this.send('GET', `/payout-links?${query.toString()}`),
        200,
      );
      links.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return links;
  }

  private send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

async function must<T>(response: Response, status: number): Promise<T> {
  if (response.status === status) return (await response.json()) as T;
  throw new Error(`the demo responded with HTTP ${response.status}: ${await response.text()}`);
}
