import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { FULL, report, size } from '../proofs/size.js';
import { businessDate, TIMEZONE } from '../reconciler/reconciler.stage.js';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { start, type Running } from '../support/programs.js';
import { until } from '../support/until.js';

const SECONDS = size(20, 1_800);
/** Until heaps have their lasting size: caches filled, code compiled. */
const WARM_UP_SECONDS = size(5, 240);
const CALLERS = 6;
const PAUSE_MS = 150;
const RUN_EVERY_MS = size(10_000, 120_000);
const SESSION_LOST_EVERY_MS = 3_000;
const WORKER_KILLED_EVERY_MS = size(12_000, 300_000);
const HEAP_PROBE = new URL('../support/heap-probe.mjs', import.meta.url).href;
const FAULTS = ['latency', 'reset', 'timeout-before', 'timeout-after', '500', '429', 'garbage'];
const ROUTES = ['POST /payouts', 'GET /payouts/:id', 'POST /payouts/:id/void'];
const ACCOUNT_NUMBERS = [
  '1234567890',
  '1234567890',
  '123456',
  '121212',
  '999999',
  '131313',
  '654321',
  '333333',
];

interface Program {
  name: string;
  running: Running;
  heapFile: string;
}

describe('a day in the life of a payer, compressed', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  let folder: string;
  let over: AbortController;
  let background: Promise<void>[];
  const programs: Program[] = [];
  /** The worker that is killed now and then, and may not be ready yet. */
  let killed: Running | undefined;
  beforeEach(async () => {
    over = new AbortController();
    background = [];
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox({ rateLimit: 1_000_000 });
    caller = new SandboxCaller(sandbox);
    folder = await mkdtemp(join(tmpdir(), 'soak-'));
  });
  afterEach(async () => {
    // After a failure, callers and faults would continue while the programs end.
    over.abort();
    await Promise.allSettled(background);
    killed?.child.kill('SIGKILL');
    await killed?.ended;
    for (const { running } of programs) running.child.kill('SIGTERM');
    const codes = await Promise.all(
      programs.splice(0).map(async ({ running }) => (await running.ended).code),
    );
    await sandbox.close();
    // Checks every rule of the product.
    await database.drop();
    await rm(folder, { recursive: true });
    if (codes.some((code) => code !== 0)) throw new Error(`programs ended with ${codes.join(', ')}`);
  });

  const environment = () => ({
    DATABASE_URL: database.url,
    XENDIT_API_KEY: sandbox.apiKey,
    XENDIT_WEBHOOK_TOKENS: sandbox.webhookToken,
    XENDIT_BASE_URL: sandbox.url,
    REPORTS_DIR: join(folder, 'reports'),
    REPORT_TIMEZONE: TIMEZONE,
    RECONCILE_RATE_PER_MINUTE: '6000',
    RECONCILE_CRON: '*/2 * * * *',
    AUTO_REISSUE: '{"waits":["1m"]}',
    LOG_LEVEL: 'error',
  });
  const launch = (name: string, program: 'demo' | 'reconciler', args: string[] = []): Program => {
    const heapFile = join(folder, `${name}.heap`);
    const env = { ...environment(), PORT: '0', HEAP_FILE: heapFile, NODE_OPTIONS: `--import ${HEAP_PROBE}` };
    const launched = { name, heapFile, running: start(program, args, env) };
    programs.push(launched);
    return launched;
  };
  const said = ({ name, running }: Program, what: RegExp): Promise<string> =>
    until(`${name} is ready`, () => {
      if (running.child.exitCode !== null) throw new Error(`${name} ended: ${running.stderr()}`);
      return what.exec(running.stdout())?.[1];
    });
  const heapOf = async ({ running, heapFile }: Program): Promise<number> => {
    await rm(heapFile, { force: true });
    running.child.kill('SIGUSR2');
    return until('a heap', async () => Number(await readFile(heapFile, 'utf8').catch(() => '')) || null);
  };
  /** Until it ends with one of the codes: a lost session ends a run with 1. */
  const runToday = async (): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const run = start('reconciler', ['run', '--date', businessDate(), '--no-progress'], environment());
      const { code, stderr } = await run.ended;
      if (code === 0 || code === 3) return;
      if (code !== 1 || attempt > 10) throw new Error(`a run ended with ${code}: ${stderr}`);
    }
  };

  it('with faults at every hundredth step, lost sessions and killed workers: nothing is stuck, lost, twice or leaked', async () => {
    const demos = [launch('demo-a', 'demo'), launch('demo-b', 'demo')];
    const urls = await Promise.all(demos.map((demo) => said(demo, /listening on (\S+)/)));
    await caller.control('webhooks', {
      url: `${urls[0]!}/webhooks/xendit/payout-links`,
      drop: 0.01,
      duplicate: 0.01,
      shuffle: true,
    });
    const serving = launch('serve', 'reconciler', ['serve']);
    const worker = launch('worker-a', 'reconciler', ['worker']);
    const launchKilled = () => start('reconciler', ['worker'], environment());
    killed = launchKilled();
    // A program that loses its session while it starts ends with 1, for its supervisor to start it again.
    await Promise.all([
      said(serving, /serving: the next run (is)/),
      said(worker, /working on the queues (of)/),
    ]);
    const lasting = [...demos, serving, worker];

    const statuses: Record<number, number> = {};
    let steps = 0;
    const step = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
      steps += 1;
      if (steps % 100 === 0) {
        const [route, kind] = [ROUTES[steps % ROUTES.length]!, FAULTS[(steps / 100) % FAULTS.length]!];
        await caller.control('faults', { route, kind, times: 1, ...(kind === '429' && { ms: 300 }) });
      }
      const response = await fetch(`${urls[steps % urls.length]!}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      await wait(PAUSE_MS);
      return (await response.json()) as Record<string, unknown>;
    };
    const callers = Array.from({ length: CALLERS }, async (_, number) => {
      for (let index = 0; !over.signal.aborted; index += 1) {
        const fields = {
          externalId: `soak-${number}-${index}`,
          amount: 10_000 + index,
          email: `p${number}@example.com`,
        };
        const { id, providerId } = await step('POST', '/payout-links', fields);
        if (typeof id !== 'string') continue;
        if (index % 7 === 0) await step('POST', `/payout-links/${id}/void`);
        else if (typeof providerId === 'string')
          await caller
            .claim(providerId, ACCOUNT_NUMBERS[(number + index) % ACCOUNT_NUMBERS.length])
            .catch(() => undefined);
        await step('GET', `/payout-links/${id}`);
        if (index % 3 === 0) await step('POST', `/payout-links/${id}/refresh`);
        if (index % 11 === 0)
          await step('POST', `/payout-links/${id}/reissue`, { reason: 'soak', force: true });
        if (index % 5 === 0) await step('GET', `/payout-links?q=soak-${number}&limit=20`);
        if (index % 13 === 0) await step('GET', `/payout-links/${id}/history`);
      }
    });
    const every = async (ms: number, work: () => Promise<unknown>) => {
      while (!over.signal.aborted) {
        await wait(ms, undefined, { signal: over.signal }).catch(() => undefined);
        if (!over.signal.aborted) await work();
      }
    };
    let [runs, sessions, kills] = [0, 0, 0];
    background = [
      ...callers,
      every(RUN_EVERY_MS, async () => {
        await runToday();
        runs += 1;
      }),
      every(SESSION_LOST_EVERY_MS, async () => {
        const rows = await database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`,
        );
        sessions += rows.length;
      }),
      every(WORKER_KILLED_EVERY_MS, async () => {
        killed?.child.kill('SIGKILL');
        await killed?.ended;
        killed = launchKilled();
        kills += 1;
      }),
    ];

    await wait(WARM_UP_SECONDS * 1_000);
    const before = await Promise.all(lasting.map(heapOf));
    await wait(SECONDS * 1_000);
    over.abort();
    await Promise.all(background);
    const after = await Promise.all(lasting.map(heapOf));
    const heaps = Object.fromEntries(
      lasting.map(({ name }, index) => [
        name,
        [before[index]!, after[index]!].map((bytes) => Math.round(bytes / 1e5) / 10),
      ]),
    );
    report('soak', { seconds: SECONDS, steps, statuses, runs, sessions, kills, heapMegabytes: heaps });

    expect(
      Object.keys(statuses)
        .map(Number)
        .filter((status) => status >= 500 && ![502, 503].includes(status)),
    ).toEqual([]);
    for (const { running } of lasting) expect(running.child.exitCode).toBeNull();
    // Faults that were not met are met now; what the provider could not deliver is sent again.
    await caller.advance(60 * 60_000);
    const stuck = async (table: string, where: string) =>
      (
        await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE ${where}`)
      )[0]!.count;
    const nothing = (table: string, where: string) =>
      until(`nothing in ${table} ${where}`, async () => (await stuck(table, where)) === 0, 240_000);
    await nothing('payout_link_delivery', "status = 'RECEIVED'");
    await nothing('payout_link_outbox', "status = 'WAITING'");
    await nothing('payout_link', "status = 'CREATING'");
    await runToday();

    const payouts = (await caller.request('GET', '/_sandbox/payouts')).body as unknown as {
      id: string;
      external_id: string;
      status: string;
    }[];
    const different = async () => {
      const links = await database.query<{
        id: string;
        external_id: string;
        provider_id: string | null;
        status: string;
      }>('SELECT id, external_id, provider_id, status FROM payout_link');
      const ours = new Map(links.map((link) => [link.external_id, link]));
      return payouts.flatMap(({ id, external_id, status }) => {
        const link = ours.get(external_id)!;
        // Only a person can settle a create whose response was lost for good.
        if (link.status === 'UNCONFIRMED') return [];
        const isSame = link.provider_id === id && link.status === status;
        return isSame ? [] : [{ id: link.id, external_id, ours: link.status, theirs: status }];
      });
    };
    // What was reversed after its success is noticed by a read on another day.
    for (const { id } of await different()) await step('POST', `/payout-links/${id}/refresh`);
    const differing = await different();
    const settled = { payouts: payouts.length, differing: differing.length };
    report('soak, settled', settled);
    expect(differing).toEqual([]);
    expect(new Set(payouts.map(({ external_id }) => external_id)).size).toBe(payouts.length);
    expect(await stuck('payout_link_delivery', "status = 'DEAD'")).toBe(0);
    if (FULL)
      for (const [name, [first, last]] of Object.entries(heaps))
        expect(`${name}: ${last! / first! < 1.1}`).toBe(`${name}: true`);
  }, 3_600_000);
});
