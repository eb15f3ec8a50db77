import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { PAYOUT_LINKS_MIGRATIONS, type PayoutLink } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { TcpProxy } from '../support/tcp.proxy.js';
import { until } from '../support/until.js';

const API_KEY = 'xnd_development_the_secret_key';
const TOKEN = 'the-secret-webhook-token';
const EMAIL = 'siti.rahayu@example.com';

/** Stores every line at every level. */
class Listener extends ConsoleLogger {
  readonly lines: string[] = [];

  protected override printMessages(messages: unknown[]): void {
    this.lines.push(...messages.map((message) => inspect(message, { depth: 10 })));
  }
}

describe('secrets', () => {
  let database: TestDatabase;
  let network: TcpProxy;
  let sandbox: Sandbox;
  let proxy: ProviderProxy;
  let caller: SandboxCaller;
  let host: Host;
  const logger = new Listener({ logLevels: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] });
  const said: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    const through = await TcpProxy.before(database.url);
    network = through.proxy;
    sandbox = await startSandbox({ webhookToken: TOKEN });
    proxy = await ProviderProxy.open(sandbox.url);
    caller = new SandboxCaller(sandbox, {}, API_KEY);
    await caller.control('webhooks', { drop: 1 });
    host = await startHost({
      databaseUrl: through.url,
      sandbox: { url: proxy.url, apiKey: API_KEY, webhookToken: TOKEN },
      options: { http: { attemptTimeoutMs: 200, connectTimeoutMs: 200, attempts: 2, totalTimeoutMs: 2_000 } },
    });
    Logger.overrideLogger(logger);
  });
  afterAll(async () => {
    Logger.overrideLogger(false);
    await host.close();
    await proxy.close();
    await sandbox.close();
    await network.close();
    await database.drop();
  });

  /** Calls, and stores everything visible of the error, including causes and own properties. */
  async function listen(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      said.push(inspect(error, { depth: 12, showHidden: true, getters: true }), JSON.stringify(error) ?? '');
    }
  }

  let number = 0;
  const create = (more: object = {}) =>
    host.service.create({ externalId: `secret-${(number += 1)}`, amount: 50_000, email: EMAIL, ...more });
  const fault = (route: string, kind: string) => caller.control('faults', { route, kind, times: 2, ms: 400 });

  it('never reach a log line or an error, whatever goes wrong', async () => {
    const link = await create();
    for (const kind of ['reset', 'timeout-before', 'timeout-after', '500', '429', 'garbage']) {
      await fault('POST /payouts', kind);
      await listen(() => create());
      await fault('GET /payouts/:id', kind);
      await listen(() => host.service.refresh(link.id));
      await fault('POST /payouts/:id/void', kind);
      await listen(() => host.service.void(link.id));
    }
    await listen(() => create({ amount: 20_000_000_000 }));
    await listen(() => create({ amount: 1.5, email: `${EMAIL}.not an address`, account: API_KEY }));
    await listen(() => host.service.adopt(link.id, 'unknown'));

    const webhook = (token: string, data: object) =>
      fetch(host.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-callback-token': token },
        body: JSON.stringify({ event: 'disbursement.completed', data: { ...data, email: EMAIL } }),
      });
    said.push(await (await webhook(`${TOKEN}x`, {})).text());
    await fault('GET /payouts/:id', 'garbage');
    const other: PayoutLink = await create();
    await webhook(TOKEN, { id: other.providerId, reference_id: other.externalId, status: 'SUCCEEDED' });
    await until('the delivery tried', async () => {
      const [row] = await database.query<{ last_error: string | null }>(
        'SELECT last_error FROM payout_link_delivery',
      );
      if (row?.last_error) said.push(row.last_error);
      return row?.last_error;
    });
    network.cut();
    await listen(() => create());
    await listen(() => host.service.refresh(link.id));
    said.push(await (await webhook(TOKEN, { id: 'x' })).text());
    network.restore();

    const passcodes = (await caller.emails()).map(({ passcode }) => passcode);
    const basic = Buffer.from(`${API_KEY}:`).toString('base64');
    const everything = [...logger.lines, ...said].join('\n');
    expect(logger.lines.length).toBeGreaterThan(0);
    expect(said.length).toBeGreaterThan(20);
    for (const secret of [API_KEY, TOKEN, basic, EMAIL, ...passcodes])
      expect(everything).not.toContain(secret);
  });
});
