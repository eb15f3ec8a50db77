import type { ApiResponse, Demo } from './demo.stage.js';

/** Uses the demo's pages like a browser: keeps the cookie, submits the forms of a page. */
export class PageCaller {
  private cookie = '';

  constructor(private readonly demo: Demo) {}

  /** The same browser, sent to another process of the demo. */
  at(demo: Demo): PageCaller {
    const there = new PageCaller(demo);
    there.cookie = this.cookie;
    return there;
  }

  async open(path: string): Promise<ApiResponse> {
    const page = await this.demo.request<Record<string, unknown>>('GET', path, { headers: this.headers() });
    const [, set] = /^([^;]+);/.exec(page.headers.get('set-cookie') ?? '') ?? [];
    if (set !== undefined) this.cookie = set;
    return page;
  }

  /** The token of the forms on a page. */
  async token(path: string): Promise<string> {
    const [, token] = /name="form_token" value="([^"]+)"/.exec((await this.open(path)).text) ?? [];
    if (token === undefined) throw new Error(`there is no form on ${path}`);
    return token;
  }

  /** Submits a form of the page; a redirect is not followed. */
  async submit(page: string, action: string, fields: Record<string, string> = {}): Promise<ApiResponse> {
    return this.send(action, { form_token: await this.token(page), ...fields });
  }

  send(
    action: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<ApiResponse> {
    return this.demo.request('POST', action, {
      headers: { ...this.headers(), 'sec-fetch-site': 'same-origin', origin: this.demo.url, ...headers },
      body: new URLSearchParams(fields),
    });
  }

  private headers(): Record<string, string> {
    return { accept: 'text/html', ...(this.cookie !== '' && { cookie: this.cookie }) };
  }
}
