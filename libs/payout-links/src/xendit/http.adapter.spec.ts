import { once } from 'node:events';
import { createServer, Agent, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, { type AxiosRequestConfig } from 'axios';
import { httpAdapter } from './http.adapter.js';

describe('the HTTP adapter', () => {
  let server: Server;
  let url: string;
  let respond: RequestListener;
  const agent = new Agent({ keepAlive: true });
  beforeEach(async () => {
    server = createServer((request, response) => respond(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  });
  afterEach(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  const send = (config: AxiosRequestConfig<string> = {}) =>
    axios.request<string>({
      method: 'GET',
      url: '/payouts?a=1',
      adapter: httpAdapter({
        baseUrl: url,
        httpAgent: agent,
        httpsAgent: new HttpsAgent(),
        maxBodyBytes: 1_000,
        responseHeaders: ['request-id'],
      }),
      timeout: 5_000,
      transformResponse: (body: string) => body,
      validateStatus: null,
      ...config,
    });
  const respondWith = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) => {
    respond = (_, response) => void response.writeHead(status, headers).end(body);
  };

  it('sends method, path, headers and body, and returns status, headers and text', async () => {
    const seen: [string, string, IncomingHttpHeaders, string][] = [];
    respond = (request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        seen.push([request.method!, request.url!, request.headers, body]);
        response.writeHead(422, { 'Request-Id': 'r-1' }).end('\uFEFF{"é":"✓"}');
      });
    };
    const headers = { 'X-IDEMPOTENCY-KEY': 'k', 'Content-Type': 'application/json' };
    const result = await send({ method: 'POST', data: '{"name":"é"}', headers });
    expect([result.status, result.headers['request-id'], result.data]).toEqual([422, 'r-1', '{"é":"✓"}']);
    expect(seen).toEqual([
      [
        'POST',
        '/v1/payouts?a=1',
        expect.objectContaining({ 'x-idempotency-key': 'k', 'content-length': '13' }),
        '{"name":"é"}',
      ],
    ]);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('decompresses %s up to the limit', async (encoding, compress) => {
    respondWith(compress('ok'), { 'content-encoding': encoding });
    expect((await send()).data).toBe('ok');
    respondWith(compress('x'.repeat(1_001)), { 'content-encoding': encoding });
    await expect(send()).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });

  it.each([
    ['in an encoding that was not accepted', deflateSync('ok'), 'deflate'],
    ['that is not in its encoding', Buffer.from('ok'), 'gzip'],
    ['longer than is read', Buffer.from('x'.repeat(1_001)), 'identity'],
  ])('refuses a body %s', async (_, body, encoding) => {
    respondWith(body, { 'content-encoding': encoding });
    await expect(send()).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });

  it('does not follow a redirect', async () => {
    respondWith('', { location: '/elsewhere' }, 302);
    expect(await send()).toMatchObject({ status: 302, data: '' });
  });

  it.each<[string, RequestListener]>([
    ['never comes', () => undefined],
    ['never ends', (_, response) => void response.write('{')],
  ])('gives up on a response that %s', async (_, silent) => {
    respond = silent;
    await expect(send({ timeout: 50 })).rejects.toMatchObject({ code: 'ECONNABORTED' });
  });

  it('fails when the connection is lost in the middle of the body', async () => {
    respond = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => request.socket.destroy());
    };
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends with the caller’s signal', async () => {
    const controller = new AbortController();
    respond = () => controller.abort();
    await expect(send({ signal: controller.signal })).rejects.toMatchObject({ code: 'ERR_CANCELED' });
  });

  it('uses a connection again after a response that was read, and not after one that was given up', async () => {
    const ports: (number | undefined)[] = [];
    let body = 'ok';
    respond = (request, response) => {
      ports.push(request.socket.remotePort);
      response.end(body);
    };
    await send();
    await send();
    body = 'x'.repeat(1_001);
    await send().catch(() => undefined);
    await send().catch(() => undefined);
    expect(new Set(ports.slice(0, 3)).size).toBe(1);
    expect(ports[3]).not.toBe(ports[0]);
  });
});
