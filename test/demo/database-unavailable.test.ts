import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import pg from 'pg';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { Demo } from './demo.stage.js';

/** A role to which PostgreSQL's limits apply, unlike the superuser of the tests. */
const ROLE = `demo_${process.pid}`;

let database: TestDatabase;
let name: string;
let sandbox: Sandbox;
let demo: Demo;
beforeAll(async () => {
  database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
  sandbox = await startSandbox();
  [{ name }] = (await database.query<{ name: string }>('SELECT current_database() AS name')) as [
    { name: string },
  ];
  await database.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'demo'`);
  await database.query(`GRANT ALL ON DATABASE ${name} TO ${ROLE}`);
  await database.query(`GRANT ALL ON SCHEMA public TO ${ROLE}`);
  await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${ROLE}`);
  await database.query(`GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${ROLE}`);
  const url = new URL(database.url);
  url.username = ROLE;
  url.password = 'demo';
  demo = await Demo.open({ databaseUrl: url.href, sandbox }, { LOG_LEVEL: 'error' });
});
afterAll(async () => {
  await demo.close();
  await sandbox.close();
  await database.query(`DROP OWNED BY ${ROLE}`);
  await database.query(`DROP ROLE ${ROLE}`);
  await database.drop();
});

/** From another database: a database does not refuse connections to itself. */
async function onServer(sql: string): Promise<void> {
  const server = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await server.connect();
  await server.query(sql);
  await server.end();
}

const endSessions = () =>
  database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, [ROLE]);

describe.each<[string, string, string, boolean]>([
  [
    'refuses connections',
    'ALTER DATABASE % WITH ALLOW_CONNECTIONS false',
    'ALTER DATABASE % WITH ALLOW_CONNECTIONS true',
    false,
  ],
  [
    'is out of connections',
    `ALTER ROLE ${ROLE} CONNECTION LIMIT 0`,
    `ALTER ROLE ${ROLE} CONNECTION LIMIT -1`,
    false,
  ],
  [
    'is read-only',
    'ALTER DATABASE % SET default_transaction_read_only = on',
    'ALTER DATABASE % RESET default_transaction_read_only',
    true,
  ],
])('a demo whose database %s', (_, before, after, reads) => {
  it('responds 503 with Retry-After on every route that needs it, and recovers by itself', async () => {
    const { id } = await demo.create();
    await onServer(before.replace('%', name));
    await endSessions();
    const token = { 'x-callback-token': sandbox.webhookToken };
    const writes = [
      () => demo.post('/payout-links', demo.fields()),
      () => demo.post(`/payout-links/${id}/void`),
      () => demo.post('/webhooks/xendit/payout-links', { event: `test ${before}` }, token),
    ];
    const others = [
      () => demo.get('/payout-links'),
      () => demo.get(`/payout-links/${id}`),
      () => demo.get(`/payout-links/${id}/history`),
      () => demo.get('/health/ready'),
      () => demo.get('/'),
      () => demo.get('/deliveries'),
      () => demo.get('/dead-letters'),
    ];
    // The first statement on an ended session gets the error.
    for (const forward of others) await forward();
    for (const forward of reads ? writes : [...writes, ...others]) {
      const { status, body, headers } = await forward();
      expect([forward.toString(), status, body.error?.code, headers.get('retry-after')]).toEqual([
        forward.toString(),
        503,
        'DATABASE_UNAVAILABLE',
        '5',
      ]);
    }
    expect((await demo.get('/health/live')).status).toBe(200);

    await onServer(after.replace('%', name));
    await endSessions();
    await until('the demo is ready again', async () => (await demo.get('/health/ready')).status === 200);
    await until(
      'it creates again',
      async () => (await demo.post('/payout-links', demo.fields())).status === 201,
    );
  });
});
