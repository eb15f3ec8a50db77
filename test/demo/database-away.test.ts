import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TcpProxy } from '../support/tcp.proxy.js';
import { until } from '../support/until.js';
import { Demo } from './demo.stage.js';

let database: TestDatabase;
let sandbox: Sandbox;
let network: TcpProxy;
let demo: Demo;
beforeAll(async () => {
  database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
  sandbox = await startSandbox();
  const { proxy, url } = await TcpProxy.before(database.url);
  network = proxy;
  demo = await Demo.open({ databaseUrl: url, sandbox }, { LOG_LEVEL: 'error' });
});
afterAll(async () => {
  network.restore();
  await demo.close();
  await network.close();
  await sandbox.close();
  await database.drop();
});

it('responds with 503 on every route while the database is unavailable, stays up, and continues when it is back', async () => {
  const { id } = await demo.create();
  network.cut();
  const token = { 'x-callback-token': sandbox.webhookToken };
  for (const forward of [
    () => demo.get('/payout-links'),
    () => demo.get(`/payout-links/${id}`),
    () => demo.get(`/payout-links/${id}/history`),
    () => demo.post('/payout-links', demo.fields()),
    () => demo.post(`/payout-links/${id}/void`),
    () => demo.post(`/payout-links/${id}/refresh`),
    () => demo.post(`/payout-links/${id}/reissue`, { reason: 'x' }),
    () => demo.post(`/payout-links/${id}/adopt`, { providerId: 'x' }),
    () => demo.post(`/payout-links/${id}/abandon`, { reason: 'x' }),
    () => demo.post('/webhooks/xendit/payout-links', { event: 'test' }, token),
    () => demo.get('/health/ready'),
    () => demo.get('/'),
    () => demo.get(`/links/${id}`),
    () => demo.get('/deliveries'),
    () => demo.get('/dead-letters'),
    () => demo.get('/reports'),
    () => demo.get('/reports/default/2026-11-26/'),
    () => demo.get('/reports/default/2026-11-26/failures.csv'),
    () => demo.get('/reports/default/statements/2026-11-01_2026-11-30/'),
  ]) {
    const { status, body, headers } = await forward();
    const seen = [forward.toString(), status, body.error.code, headers.get('retry-after')];
    expect(seen).toEqual([forward.toString(), 503, 'DATABASE_UNAVAILABLE', '5']);
  }
  expect((await demo.get('/health/live')).status).toBe(200);
  const metrics = await fetch(`${demo.url}/metrics`);
  expect([metrics.status, await metrics.text()]).toEqual([
    200,
    expect.not.stringContaining('payout_links_inbox_waiting{'),
  ]);
  const page = await demo.request('GET', '/', { headers: { accept: 'text/html' } });
  expect([page.status, page.text]).toEqual([503, expect.stringContaining('<h1>Not available just now</h1>')]);

  network.restore();
  await until('the demo is ready again', async () => (await demo.get('/health/ready')).status === 200);
  expect((await demo.link(id)).status).toBe('PENDING');
});

it('is not ready when the database does not respond within two seconds', async () => {
  // Every connection of the demo's own pool waits for a lock.
  await database.query('BEGIN');
  await database.query('LOCK TABLE payout_link IN ACCESS EXCLUSIVE MODE');
  const waiting = Array.from({ length: 30 }, () => demo.get('/?batchId=refunds'));
  const startedAt = performance.now();
  const { status, body } = await until('readiness waits for a connection', async () => {
    const response = await demo.get('/health/ready');
    return response.status !== 200 && response;
  });
  expect([status, body.error.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  // Metrics do not wait for it either.
  expect((await fetch(`${demo.url}/metrics`)).status).toBe(200);
  await database.query('ROLLBACK');
  await Promise.all(waiting);
});

it('responds with 503 when the server ends its connections', async () => {
  const { id } = await demo.create();
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  const { status } = await demo.get(`/payout-links/${id}`);
  expect([200, 503]).toContain(status);
  await until('the demo is ready again', async () => (await demo.get('/health/ready')).status === 200);
});
