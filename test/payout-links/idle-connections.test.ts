import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let provider: Server;
let host: Host;
/** Method and connection of each request. */
const requests: { method: string; port: number }[] = [];

beforeAll(async () => {
  database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
  provider = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const isFirst = !requests.some(({ port }) => port === request.socket.remotePort);
    requests.push({ method: request.method!, port: request.socket.remotePort! });
    // Like a server that has just closed the idle connection: a request on it gets no response.
    if (request.method === 'POST' && !isFirst && requests.length > 3) return request.socket.resetAndDestroy();
    response.writeHead(request.method === 'POST' ? 400 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error_code: 'API_VALIDATION_ERROR', message: 'no' }));
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  host = await startHost({
    databaseUrl: database.url,
    sandbox: { url, apiKey: 'xnd_development_1', webhookToken: 't' },
    options: { http: { attempts: 1 } },
  });
});
afterAll(async () => {
  await host.close();
  provider.closeAllConnections();
  provider.close();
  await database.drop();
});

const create = (externalId: string) =>
  host.service
    .create({ externalId, amount: 50_000, email: 'siti@example.com' })
    .catch((error: { code: string }) => error.code);

it('a create goes out on a connection that was in use within the last second, else on a new one', async () => {
  expect(await create('first')).toBe('PAYOUT_REJECTED');
  expect(await create('at once')).toBe('PAYOUT_REJECTED');
  expect(new Set(requests.map(({ port }) => port)).size).toBe(1);

  const idleSince = performance.now();
  await until('the connection has been idle for long', () => performance.now() - idleSince > 1_100);
  expect(await create('after an idle second')).toBe('PAYOUT_REJECTED');
  expect(new Set(requests.map(({ port }) => port)).size).toBe(2);
  const again = performance.now();
  await until('the connection has been idle for long', () => performance.now() - again > 1_100);
  expect(await create('after another')).toBe('PAYOUT_REJECTED');
  expect(new Set(requests.map(({ port }) => port)).size).toBe(3);
  expect((await host.service.list()).items.map(({ status }) => status)).toEqual(Array(4).fill('REJECTED'));
});
