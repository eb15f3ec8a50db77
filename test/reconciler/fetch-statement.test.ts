import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { download } from '../../apps/reconciler/src/statement/fetch/download.js';
import { ReportClient } from '../../apps/reconciler/src/statement/fetch/report.client.js';

const KEY = 'xnd_development_a_key_that_must_not_leak';
const [FROM, TO] = [new Date('2026-03-01T17:00:00Z'), new Date('2026-03-05T17:00:00Z')];

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A provider that responds as each test wants. */
class StubProvider {
  readonly seen: { method: string; url: string; authorization: string | undefined; body: string }[] = [];
  handle: Handler = (_, response) => response.end();
  private server!: Server;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += String(part)));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.seen.push({ method, url, authorization: headers.authorization, body });
        this.handle(request, response, body);
      });
    });
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

describe('fetching a statement', () => {
  let provider: StubProvider;
  let folder: string;
  beforeEach(async () => {
    provider = new StubProvider();
    await provider.start();
    folder = await mkdtemp(join(tmpdir(), 'fetch-'));
  });
  afterEach(async () => {
    await provider.stop();
    await rm(folder, { recursive: true });
  });

  const signal = new AbortController().signal;
  const json = (response: ServerResponse, content: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(content));
  };
  /** Responds in turn; the last response repeats. */
  const respond = (...responses: readonly (readonly [status: number, content: unknown])[]) => {
    let next = 0;
    provider.handle = (_, response) => {
      const [status, content] = responses[Math.min(next, responses.length - 1)]!;
      next += 1;
      json(response, content, status);
    };
  };
  const ask = (kind: 'transactions' | 'balance' = 'transactions', forUserId?: string) => {
    const timing = { pollMs: 2, patienceMs: 60, waitsMs: [1, 1] };
    const account = { baseUrl: `${provider.url}/`, apiKey: KEY, ...(forUserId && { forUserId }) };
    return new ReportClient(account, timing).report(kind, FROM, TO, signal);
  };
  const get = async (address = `${provider.url}/file.csv`, maxBytes?: number) => {
    const file = join(folder, 'file.csv');
    await download(address, file, { signal, waitsMs: [1, 1], ...(maxBytes && { maxBytes }) });
    return readFile(file, 'utf8');
  };
  const refusal = async (work: Promise<unknown>) => {
    const error = (await work.catch((thrown: unknown) => thrown)) as Error & { code: string };
    expect(error.code).toBe('STATEMENT_NOT_FETCHED');
    expect(error.message).toContain('Nothing was written');
    expect(`${error.message} ${error.stack}`).not.toContain(KEY);
    return error.message;
  };

  it('asks for the report, and reads its state until it has an address', async () => {
    const pending = { id: 'report_1', status: 'PENDING' };
    respond([200, pending], [200, pending], [200, pending], [200, { ...pending, url: 'https://x/y.csv' }]);
    expect(await ask()).toBe('https://x/y.csv');
    const [create, ...reads] = provider.seen;
    expect(create).toMatchObject({
      method: 'POST',
      url: '/reports',
      authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`,
    });
    expect(JSON.parse(create!.body)).toEqual({
      type: 'TRANSACTIONS',
      report_version: 'VERSION_2',
      filter: { from: FROM.toISOString(), to: TO.toISOString() },
      format: 'CSV',
      currency: 'IDR',
    });
    expect(reads.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(3).fill('GET /reports/report_1'),
    );
  });

  it('asks for the Balance report of a sub-account', async () => {
    respond([200, { id: 'report_1', url: 'https://x/y.csv' }]);
    let forUserId: unknown;
    const { handle } = provider;
    provider.handle = (request, response, body) => {
      forUserId = request.headers['for-user-id'];
      handle(request, response, body);
    };
    await ask('balance', 'sub-1');
    expect(JSON.parse(provider.seen[0]!.body)).toMatchObject({ type: 'BALANCE_HISTORY' });
    expect(forUserId).toBe('sub-1');
  });

  it('tries again after failures that pass', async () => {
    const limited = { error_code: 'RATE_LIMIT_EXCEEDED', message: 'slow down' };
    respond(
      [500, {}],
      [200, { id: 'report_1', status: 'PENDING' }],
      [404, limited],
      [429, limited],
      [200, { id: 'report_1', url: 'https://x/y.csv' }],
    );
    expect(await ask()).toBe('https://x/y.csv');
  });

  it.each([
    ['stays PENDING', [[200, { id: 'r', status: 'PENDING' }]], /report r was not finished in time/],
    ['becomes FAILED', [[200, { id: 'r', status: 'FAILED' }]], /could not make the report r: FAILED/],
    [
      'is not offered',
      [[400, { error_code: 'FEATURE_NOT_AVAILABLE', message: 'no' }]],
      /HTTP 400, FEATURE_NOT_AVAILABLE, no/,
    ],
    [
      'is refused to the key',
      [[403, { error_code: 'REQUEST_FORBIDDEN_ERROR' }]],
      /refused the key \(HTTP 403\)/,
    ],
    ['has no name', [[200, { status: 'PENDING' }]], /without naming it/],
    ['fails for good', [[500, {}]], /POST \/reports: HTTP 500/],
    ['is redirected', [[302, {}]], /refused POST \/reports: HTTP 302/],
  ] as const)('gives up when the report %s', async (_, responses, message) => {
    respond(...responses);
    expect(await refusal(ask())).toMatch(message);
  });

  it('gives up when the provider does not respond, or with something else than JSON', async () => {
    provider.handle = (request) => request.socket.destroy();
    expect(await refusal(ask())).toMatch(/the provider did not respond/);
    provider.handle = (_, response) => response.end('<html>');
    expect(await refusal(ask())).toMatch(/HTTP 200/);
  });

  it('downloads the file without the key, and after a failure again', async () => {
    let requests = 0;
    provider.handle = (request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end('a,b\n');
    };
    expect(await get()).toBe('a,b\n');
    expect(provider.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  it('follows redirects to where it may download from, and no others', async () => {
    provider.handle = ({ url }, response) => {
      if (url === '/file.csv') response.writeHead(302, { location: '/moved.csv' }).end();
      else response.end('moved');
    };
    expect(await get()).toBe('moved');
    provider.handle = (_, response) =>
      response.writeHead(302, { location: 'http://files.example/x.csv' }).end();
    expect(await refusal(get())).toMatch(
      /redirected to where it is not served over https \(http:\/\/files.example\)/,
    );
    provider.handle = (_, response) => response.writeHead(302, { location: '/file.csv' }).end();
    expect(await refusal(get())).toMatch(/redirects too often/);
  });

  it.each([
    ['http://files.example/x.csv', /not served over https/],
    ['ftp://files.example/x.csv', /not served over https/],
    ['file:///etc/passwd', /not served over https/],
    ['https://user:password@files.example/x.csv', /address of the report's file is not usable/],
    ['nonsense', /address of the report's file is not usable/],
  ])('does not download from %s', async (address, message) => {
    expect(await refusal(get(address))).toMatch(message);
    expect(provider.seen).toEqual([]);
  });

  it('gives up when the host of the file asks for the key', async () => {
    provider.handle = (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    expect(await refusal(get())).toMatch(/asks for authentication \(HTTP 401\); the key is not sent there/);
    expect(provider.seen).toHaveLength(1);
  });

  it('gives up when the file is too large: as announced, or as it comes', async () => {
    provider.handle = (_, response) =>
      response.writeHead(200, { 'content-length': 2_000 }).end('x'.repeat(2_000));
    expect(await refusal(get(undefined, 1_000))).toMatch(/larger than 0.001 MB/);
    provider.handle = (_, response) => {
      response.writeHead(200);
      const more = () => response.writable && response.write('x'.repeat(500), () => setImmediate(more));
      more();
    };
    expect(await refusal(get(undefined, 1_000))).toMatch(/larger than 0.001 MB/);
  });

  it('gives up when the download is cut off every time', async () => {
    provider.handle = (request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('Status,Type\n', () => request.socket.destroy());
    };
    expect(await refusal(get())).toMatch(/the connection ended before the file did/);
    expect(provider.seen).toHaveLength(3);
  });
});
