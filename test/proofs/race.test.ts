import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS, type PayoutLink, type PayoutLinksOptions } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { ProviderProxy, type PassedRequest } from '../support/provider.proxy.js';
import { TcpProxy } from '../support/tcp.proxy.js';
import { until } from '../support/until.js';
import { report, size } from './size.js';

const CHILD = fileURLToPath(new URL('./creating-host.mjs', import.meta.url));
const ROUNDS = size(10, 100);

describe('two who know different things about one link', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let proxy: ProviderProxy;
  let caller: SandboxCaller;
  const hosts: Host[] = [];

  beforeEach(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    sandbox = await startSandbox({ rateLimit: 1_000_000 });
    proxy = await ProviderProxy.open(sandbox.url);
    caller = new SandboxCaller(sandbox);
    await caller.control('webhooks', { drop: 1 });
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    await proxy.close();
    await sandbox.close();
    await database.drop();
  });

  const start = async (
    options: Partial<PayoutLinksOptions> = {},
    databaseUrl = database.url,
  ): Promise<Host> => {
    const host = await startHost({ databaseUrl, sandbox, options: { baseUrl: proxy.url, ...options } });
    hosts.push(host);
    return host;
  };
  const create = (host: Host, externalId: string): Promise<PayoutLink> =>
    host.service.create({ externalId, amount: 75_000, email: 'siti@example.com' });
  const discrepancies = () => database.query<{ type: string }>('SELECT type FROM payout_link_discrepancy');

  /** Delays the responses to some requests, after they have been carried out. */
  function pauseAt(which: (request: PassedRequest) => boolean): {
    paused: Promise<void>;
    release: () => void;
  } {
    let release = () => undefined as void;
    let paused = () => undefined as void;
    const released = new Promise<void>((done) => (release = done));
    const arrived = new Promise<void>((done) => (paused = done));
    proxy.beforeResponse = async (request) => {
      if (!which(request)) return;
      paused();
      await released;
    };
    return { paused: arrived, release };
  }

  const isCreate = ({ method, path }: PassedRequest) => method === 'POST' && path === '/payouts';
  const isRead = ({ method }: PassedRequest) => method === 'GET';

  it('a create whose response comes after the webhook keeps what the webhook brought', async () => {
    const host = await start();
    for (let round = 0; round < ROUNDS; round += 1) {
      const externalId = `late-${round}`;
      const { paused, release } = pauseAt(isCreate);
      const creating = create(host, externalId);
      await paused;
      const payouts = (await caller.request('GET', '/_sandbox/payouts')).body as unknown as { id: string }[];
      const payout = payouts.at(-1)!;
      await caller.claim(payout.id, round % 2 === 0 ? '1234567890' : '121212');
      const end = round % 2 === 0 ? 'SUCCEEDED' : 'FAILED';
      await until('the transfer’s end', async () => (await caller.read(payout.id)).status === end);
      await deliver(host, { id: payout.id, reference_id: externalId, status: end, amount: 75_000 });
      await until('the webhook processed', async () => {
        return (await host.service.getByExternalId(externalId)).status === end;
      });
      release();
      expect(await creating).toMatchObject({ externalId, status: end, providerId: payout.id });
    }
    expect(await discrepancies()).toEqual([]);
  });

  it('a read that was under way while the link was voided does not undo the void', async () => {
    const host = await start();
    for (let round = 0; round < ROUNDS; round += 1) {
      const link = await create(host, `voided-${round}`);
      const { paused, release } = pauseAt(isRead);
      const reading = host.service.refresh(link.id);
      await paused;
      expect(await host.service.void(link.id)).toMatchObject({ status: 'VOIDED' });
      release();
      expect(await reading).toMatchObject({ status: 'VOIDED' });
      expect((await host.service.history(link.id)).map(({ to }) => to)).toEqual([
        'CREATING',
        'PENDING',
        'VOIDED',
      ]);
    }
    expect(await discrepancies()).toEqual([]);
  });

  it('a process that was only paused, and the recovery that took over, agree on the payout that was made', async () => {
    const { paused, release } = pauseAt(isCreate);
    const settings = {
      databaseUrl: database.url,
      baseUrl: proxy.url,
      apiKey: sandbox.apiKey,
      webhookToken: sandbox.webhookToken,
      first: 0,
      count: 1,
      lanes: 1,
      http: {},
    };
    const child = fork(CHILD, [JSON.stringify(settings)], { execArgv: [] });
    await once(child, 'message');
    child.send('go');
    await paused;
    child.kill('SIGSTOP');
    try {
      // The recovery calls the provider directly.
      const host = await start({ baseUrl: sandbox.url });
      const recovered = await until('recovery', async () => {
        // Each time: a renewal may have been on its way when the process was paused.
        await database.query(
          `UPDATE payout_link SET lease_expires_at = now() - interval '2 minutes'
           WHERE status = 'CREATING' AND lease_fence = 1`,
        );
        const link = await host.service.getByExternalId('payout-0');
        return link.status !== 'CREATING' && link;
      });
      expect(recovered.status).toBe('UNCONFIRMED');
      release();
      child.kill('SIGCONT');
      const settled = await until('the late response', async () => {
        const link = await host.service.getByExternalId('payout-0');
        return link.status === 'PENDING' && link;
      });
      const payouts = (await caller.request('GET', '/_sandbox/payouts')).body as unknown as { id: string }[];
      expect(payouts.map(({ id }) => id)).toEqual([settled.providerId]);
      expect(await discrepancies()).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('processes whose clocks are minutes apart do not take over from each other, nor reject a live link', async () => {
    const clocks = [-180_000, 0, 180_000].map((offset) => {
      const clock = `const RealDate = Date; const now = RealDate.now.bind(RealDate);
        globalThis.Date = class extends RealDate {
          constructor(...given) { if (given.length) super(...given); else super(now() + ${offset}); }
          static now() { return now() + ${offset}; }
        };`;
      return ['--import', `data:text/javascript,${encodeURIComponent(clock)}`];
    });
    const settings = {
      databaseUrl: database.url,
      baseUrl: proxy.url,
      apiKey: sandbox.apiKey,
      webhookToken: sandbox.webhookToken,
      first: 0,
      count: 20,
      lanes: 4,
      http: {},
    };
    proxy.beforeResponse = () => new Promise((done) => setTimeout(done, 20));
    const children = clocks.map((execArgv) => fork(CHILD, [JSON.stringify(settings)], { execArgv }));
    await Promise.all(children.map((child) => once(child, 'message')));
    for (const child of children) child.send('go');
    await until('everything created', async () => {
      const [row] = await database.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM payout_link WHERE status = 'PENDING'",
      );
      return row!.count === 20;
    });
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => once(child, 'exit')));
    const histories = await database.query<{ to_status: string; source: string }>(
      "SELECT DISTINCT to_status, source FROM payout_link_transition WHERE to_status <> 'CREATING'",
    );
    expect(histories).toEqual([{ to_status: 'PENDING', source: 'API' }]);
    expect(proxy.creates()).toHaveLength(20);
    expect(await discrepancies()).toEqual([]);
  });

  it('deliveries that meet a database that is away get 503, and arrive when it is back', async () => {
    const { proxy: network, url } = await TcpProxy.before(database.url);
    try {
      const host = await start({}, url);
      await caller.control('webhooks', { url: host.webhookUrl, drop: 0 });
      const links = await Promise.all(
        Array.from({ length: 20 }, (_, index) => create(host, `away-${index}`)),
      );
      network.cut();
      const refused = await deliver(host, { id: 'x', status: 'SUCCEEDED' });
      expect(refused).toBe(503);
      for (const [index, { providerId }] of links.entries()) {
        await caller.claim(providerId!, index % 2 === 0 ? '1234567890' : '999999');
      }
      await caller.advance(60_000);
      network.restore();
      // The sandbox retries an unaccepted webhook after a quarter of an hour.
      await caller.advance(15 * 60_000);
      await until('every end known', async () => {
        const rows = await database.query<{ status: string }>('SELECT status FROM payout_link');
        return rows.every(({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
      });
      const [inbox] = await database.query<{ deliveries: number }>(
        'SELECT count(*)::int AS deliveries FROM payout_link_delivery',
      );
      expect(inbox).toEqual({ deliveries: 20 });
      report('database away', { deliveries: 20, refusedWith: refused });
    } finally {
      await Promise.all(hosts.splice(0).map((host) => host.close()));
      await network.close();
    }
  });

  async function deliver(host: Host, data: object): Promise<number> {
    const response = await fetch(host.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-callback-token': sandbox.webhookToken },
      body: JSON.stringify({ event: 'disbursement.completed', data }),
    });
    return response.status;
  }
});
