import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { directWebhooks } from '../../apps/demo/src/sandbox-webhooks.js';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { start, type Running } from '../support/programs.js';
import { until } from '../support/until.js';

const SHUTDOWN_MS = 10_000;

describe('the program', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox();
  });
  afterAll(async () => {
    await sandbox.close();
    await database.drop();
  });

  const running: Running[] = [];
  afterEach(() => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL');
  });
  const run = (env: Record<string, string> = {}) => {
    const program = start('demo', [], {
      DATABASE_URL: database.url,
      XENDIT_BASE_URL: sandbox.url,
      PORT: '0',
      ...env,
    });
    running.push(program);
    return program;
  };
  const listening = (program: Running) =>
    until('the demo listens', () => {
      if (program.child.exitCode !== null) throw new Error(program.stderr());
      return /listening on (http:\S+)$/m.exec(program.stdout())?.[1];
    });

  it('logs the address it has bound, and ends with 0 on SIGTERM within ten seconds', async () => {
    const program = run();
    const url = await listening(program);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(200);
    // Longer than any load balancer keeps an idle connection.
    expect(ready.headers.get('keep-alive')).toBe('timeout=620');
    const startedAt = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_MS);
  });

  it('lets a request under way wait for its provider no longer than it may take to end', async () => {
    await new SandboxCaller(sandbox).control('faults', {
      route: 'POST /payouts',
      kind: 'timeout-before',
      times: 9,
    });
    const program = run();
    const url = await listening(program);
    const asked = fetch(`${url}/payout-links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ externalId: 'slow', amount: 20_000, email: 'siti@example.com' }),
    }).catch((error: unknown) => error);
    await until('the create is under way', async () => {
      const rows = await database.query("SELECT FROM payout_link WHERE external_id = 'slow'");
      return rows.length > 0;
    });
    const startedAt = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_MS);
    await asked;
    await new SandboxCaller(sandbox).control('reset', {});
  });

  it('ends with 2 and one list of everything wrong, without a secret in it', async () => {
    const { code, stdout, stderr } = await run({
      HOST: '0.0.0.0',
      PORT: '70000',
      REPORT_TIMEZONE: 'Mars/Olympus',
      XENDIT_API_KEY: 'xnd_production_secret one',
      DATABASE_URL: 'mysql://me:hidden@localhost/x',
    }).ended;
    expect([code, stdout]).toEqual([2, '']);
    for (const name of ['HOST', 'PORT', 'REPORT_TIMEZONE', 'XENDIT_API_KEY', 'DATABASE_URL', 'DEMO_API_KEY'])
      expect(stderr).toContain(name);
    expect(stderr.match(/The configuration is wrong/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/secret|hidden/);
  });

  it('logs one JSON object per line, those of a request with its id', async () => {
    const program = run({ LOG_FORMAT: 'json' });
    const url = await until(
      'the demo listens',
      () => /listening on (http:[^"]+)"/.exec(program.stdout())?.[1],
    );
    const webhook = (id: string) =>
      fetch(`${url}/webhooks/xendit/payout-links`, { method: 'POST', headers: { 'x-request-id': id } });
    const known = await webhook('proxy-1.2:3_A');
    const replaced = await webhook('two words');
    expect([known.status, known.headers.get('x-request-id')]).toEqual([401, 'proxy-1.2:3_A']);
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await fetch(`${url}/health/live`)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    program.child.kill('SIGTERM');
    const { stdout, stderr } = await program.ended;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual({
      time: expect.any(String),
      level: 'warn',
      msg: expect.stringContaining('x-callback-token is missing'),
      context: 'WebhookTokens',
      requestId: 'proxy-1.2:3_A',
    });
    expect(stderr).toBe('');
  });

  it('says in JSON too why it cannot start', async () => {
    const { code, stderr } = await run({
      LOG_FORMAT: 'json',
      DATABASE_URL: 'postgres://me:hidden@127.0.0.1:9/x',
    }).ended;
    expect([code, JSON.parse(stderr)]).toEqual([
      1,
      expect.objectContaining({ level: 'error', msg: expect.stringContaining('cannot be reached') }),
    ]);
    expect(stderr).not.toContain('hidden');
  });

  it.each(['0.0.0.0', '::', '192.168.1.4'])(
    'ends with 2 when %s is open to all without a key',
    async (HOST) => {
      const { code, stderr } = await run({ HOST }).ended;
      expect(code).toBe(2);
      expect(stderr).toContain('DEMO_API_KEY must be set');
    },
  );

  it('listens for all with a key', async () => {
    const url = await listening(run({ HOST: '0.0.0.0', DEMO_API_KEY: 'a-key' }));
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
    const { port } = new URL(url);
    expect((await fetch(`http://127.0.0.1:${port}/payout-links`)).status).toBe(401);
  });

  it('says which port is in use, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run({ PORT: String(port) }).ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} of 127.0.0.1 is in use by another program: stop that program, or set PORT to another port (0 picks a free one).\n`,
    );
  });

  it('says that the database cannot be reached, and ends with 1', async () => {
    const { code, stderr } = await run({ DATABASE_URL: 'postgres://me:hidden@127.0.0.1:9/x' }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('The database at 127.0.0.1:9/x cannot be reached');
    expect(stderr).not.toContain('hidden');
  });

  it('ends with 2 when there are links of an account that is not configured', async () => {
    const own = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    const account = JSON.stringify({ branch: { apiKey: 'xnd_branch', webhookTokens: ['t'] } });
    const first = run({ DATABASE_URL: own.url, XENDIT_ACCOUNTS: account });
    const url = await listening(first);
    await fetch(`${url}/payout-links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ externalId: 'a', amount: 20_000, email: 'siti@example.com' }),
    });
    await own.query("UPDATE payout_link SET account = 'branch'");
    first.child.kill('SIGTERM');
    await first.ended;

    const { code, stderr } = await run({ DATABASE_URL: own.url }).ended;
    await own.drop();
    expect(code).toBe(2);
    expect(stderr).toContain('the account "branch"');
  });
});

describe('the webhooks of a sandbox', () => {
  it('are sent here when it is our own, and stay where they go when it is not', async () => {
    const sandbox = await startSandbox({ webhookUrl: 'http://127.0.0.1:9/hooks' });
    const caller = new SandboxCaller(sandbox);
    const opened = (own: boolean) => ({
      ...sandbox,
      own,
      setWebhookUrl: async (url: string) => void (await caller.control('webhooks', { url })),
    });
    await directWebhooks(opened(false), 'http://127.0.0.1:3000');
    expect(await caller.control('webhooks', {})).toMatchObject({ url: 'http://127.0.0.1:9/hooks' });
    await directWebhooks(opened(true), 'http://127.0.0.1:3000');
    expect(await caller.control('webhooks', {})).toMatchObject({
      url: 'http://127.0.0.1:3000/webhooks/xendit/payout-links',
    });
    await sandbox.close();
  });
});
