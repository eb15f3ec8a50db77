import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { start, type Running } from '../support/programs.js';
import { until } from '../support/until.js';
import { report, size } from './size.js';

const SECONDS = size(6, 20);
const CALLERS = 12;
const EVERY_MS = 3;

describe('PostgreSQL ends sessions at random, every few milliseconds', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let reportsDir: string;
  const programs: Running[] = [];
  beforeEach(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    reportsDir = await mkdtemp(join(tmpdir(), 'reports-'));
    sandbox = await startSandbox({ rateLimit: 1_000_000 });
  });
  afterEach(async () => {
    for (const { child } of programs) child.kill('SIGKILL');
    await Promise.all(programs.splice(0).map(({ ended }) => ended));
    await sandbox.close();
    await database.drop();
    await rm(reportsDir, { recursive: true });
  });

  const launch = (program: 'demo' | 'reconciler', args: string[], env: Record<string, string> = {}) => {
    const running = start(program, args, {
      DATABASE_URL: database.url,
      XENDIT_API_KEY: sandbox.apiKey,
      XENDIT_WEBHOOK_TOKENS: sandbox.webhookToken,
      XENDIT_BASE_URL: sandbox.url,
      LOG_LEVEL: 'error',
      ...env,
    });
    programs.push(running);
    return running;
  };

  /** Ends one session after the other until the time is over. @returns how many */
  const killFor = async (seconds: number): Promise<number> => {
    const endAt = performance.now() + seconds * 1_000;
    let killed = 0;
    while (performance.now() < endAt) {
      const rows = await database.query(
        `SELECT pg_terminate_backend(pid) FROM (
           SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) AS one`,
      );
      killed += rows.length;
      await wait(EVERY_MS);
    }
    return killed;
  };

  it('the demo stays up, responds only with 200, 201, 404 and 503, and makes no payout twice', async () => {
    const demo = launch('demo', [], { PORT: '0' });
    const url = await until('it listens', () => /listening on (\S+)/.exec(demo.stdout())?.[1]);
    await new SandboxCaller(sandbox).control('webhooks', { url: `${url}/webhooks/xendit/payout-links` });
    const statuses = new Map<number, number>();
    const over = new AbortController();
    const forward = async (method: string, path: string, body?: object) => {
      const response = await fetch(url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      return (await response.json()) as { id?: string };
    };
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      for (let index = 0; !over.signal.aborted; index += 1) {
        const fields = { externalId: `order-${caller}-${index}`, amount: 50_000, email: 'siti@example.com' };
        const { id } = await forward('POST', '/payout-links', fields);
        await forward('GET', '/payout-links?limit=5');
        await forward('GET', `/payout-links/${id ?? '00000000-0000-4000-8000-000000000000'}`);
        if (id !== undefined) await forward('POST', `/payout-links/${id}/refresh`);
      }
    });
    const killed = await killFor(SECONDS);
    over.abort();
    await Promise.all(callers);
    report('killed sessions', { seconds: SECONDS, killed, statuses: Object.fromEntries(statuses) });

    expect([demo.child.exitCode, demo.child.signalCode]).toEqual([null, null]);
    expect([...statuses.keys()].filter((status) => ![200, 201, 404, 503].includes(status))).toEqual([]);
    expect(statuses.get(201)).toBeGreaterThan(0);
    await until('it is ready', async () => (await fetch(`${url}/health/ready`)).status === 200);
    const payouts = (await new SandboxCaller(sandbox).request('GET', '/_sandbox/payouts'))
      .body as unknown as {
      external_id: string;
    }[];
    expect(new Set(payouts.map(({ external_id }) => external_id)).size).toBe(payouts.length);
    const disagreeing = await database.query(
      `SELECT link.id FROM payout_link link
       LEFT JOIN payout_link_transition last ON last.payout_link_id = link.id AND last.seq = link.version
       WHERE last.to_status IS DISTINCT FROM link.status
          OR link.version <> (SELECT count(*) FROM payout_link_transition WHERE payout_link_id = link.id)`,
    );
    expect(disagreeing).toEqual([]);
    const known = await database.query<{ external_id: string }>('SELECT external_id FROM payout_link');
    const ours = new Set(known.map(({ external_id }) => external_id));
    expect(payouts.filter(({ external_id }) => !ours.has(external_id))).toEqual([]);
  });

  it('serve keeps running and still works', async () => {
    const serve = launch('reconciler', ['serve'], {
      RECONCILE_CRON: '* * * * * *',
      REPORTS_DIR: reportsDir,
      LOG_LEVEL: 'info',
    });
    await until('it serves', () => serve.stdout().includes('serving'));
    const killed = await killFor(SECONDS);
    report('killed sessions of serve', { seconds: SECONDS, killed });
    expect([serve.child.exitCode, serve.child.signalCode]).toEqual([null, null]);
    // What is finished is not run again: without it, the next run starts over.
    await rm(join(reportsDir, 'default'), { recursive: true, force: true });
    await database.query('DELETE FROM payout_link_reconciliation_run');
    await until('a run is done again', async () => {
      const runs = await database.query(
        "SELECT 1 FROM payout_link_reconciliation_run WHERE status = 'FINISHED'",
      );
      return runs.length > 0;
    });
    const ended = serve.ended;
    serve.child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});
