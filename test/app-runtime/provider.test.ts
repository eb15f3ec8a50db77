import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openProvider, openSandbox, ratePerMinute, readConfiguration, type OpenSandbox } from 'app-runtime';
import { SANDBOX_API_KEY, SANDBOX_WEBHOOK_TOKEN } from 'payout-links-sandbox';
import { basic } from '../sandbox/sandbox.caller.js';
import { startProgram, type RunningProgram } from './running-program.js';

// An unused port; a developer's own sandbox may be on the usual one.
const knownPort = 1;
const DONE = { code: 0, signal: null };

describe('the sandbox of the programs', () => {
  let folder: string;
  let dataFile: string;
  const programs: RunningProgram[] = [];
  const opened: { close(): Promise<unknown> }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provider-'));
    dataFile = join(folder, '.data', 'sandbox.json');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((resource) => resource.close()));
    await Promise.all(programs.splice(0).map((program) => program.end('SIGKILL')));
    await rm(folder, { recursive: true });
  });

  function start(): RunningProgram {
    const program = startProgram('sandbox', { dataFile, port: 0, knownPort });
    programs.push(program);
    return program;
  }
  const where = async (program: RunningProgram) =>
    JSON.parse(await program.said('sandbox')) as { url: string; own: boolean };

  async function open(port = 0): Promise<OpenSandbox> {
    const sandbox = await openSandbox({ dataFile, port, knownPort });
    opened.push(sandbox);
    return sandbox;
  }

  it('is served by the first and used by the others', async () => {
    const first = await where(start());
    const [second, third] = await Promise.all([where(start()), open()]);
    expect(first.own).toBe(true);
    expect(second).toEqual({ url: first.url, own: false });
    expect(third).toMatchObject({
      url: first.url,
      own: false,
      apiKey: SANDBOX_API_KEY,
      webhookToken: SANDBOX_WEBHOOK_TOKEN,
    });
  });

  it('is the one on the known port, whatever file it serves', async () => {
    const known = await open();
    const other = { dataFile: join(folder, 'other.json'), port: 0 };
    const joined = await openSandbox({ ...other, knownPort: Number(new URL(known.url).port) });
    expect(joined).toMatchObject({ url: known.url, own: false });
    await joined.close();
    await createLink(known.url);
  });

  it('is served by one of those that start at once', async () => {
    const all = await Promise.all([start(), start(), start()].map(where));
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    expect(all.filter(({ own }) => own)).toHaveLength(1);
  });

  it('keeps its links over a restart, and over a killed program', async () => {
    const first = start();
    const id = await createLink((await where(first)).url);
    expect(await first.end()).toEqual(DONE);

    const second = start();
    const { url } = await where(second);
    expect((await readLink(url, id)).id).toBe(id);
    const later = await createLink(url);
    let saved = '';
    while (!saved.includes(later)) saved = await readFile(dataFile, 'utf8');
    await second.end('SIGKILL');

    const third = await open();
    expect(third.own).toBe(true);
    expect((await readLink(third.url, later)).id).toBe(later);
  });

  it('takes another port where its own is taken', async () => {
    const server = createServer((socket) => socket.destroy());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const sandbox = await open(port);
    expect(sandbox.own).toBe(true);
    expect(sandbox.url).not.toContain(`:${port}`);
    await createLink(sandbox.url);
    server.close();
  });

  it('sends webhooks to the given address', async () => {
    const own = await open();
    const joined = await open();
    await joined.setWebhookUrl('http://127.0.0.1:1/hooks');
    const settings = await fetch(`${own.url}/_sandbox/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await settings.json()).toMatchObject({ url: 'http://127.0.0.1:1/hooks' });
  });

  it('is the provider where there is no key', async () => {
    const configuration = readConfiguration({
      XENDIT_WEBHOOK_TOKENS: 'own',
      XENDIT_ACCOUNTS: '{"second":{"apiKey":"xnd_development_2","webhookTokens":["t"]}}',
    });
    const provider = await openProvider(configuration, { dataFile, port: 0, knownPort });
    opened.push(provider);
    expect(provider).toMatchObject({
      baseUrl: provider.sandbox!.url,
      isSandbox: true,
      accounts: {
        default: { apiKey: SANDBOX_API_KEY, webhookTokens: ['own', SANDBOX_WEBHOOK_TOKEN] },
        second: { apiKey: 'xnd_development_2', webhookTokens: ['t'] },
      },
    });
    expect(ratePerMinute(configuration, provider, 'default')).toBe(6_000);
    expect(ratePerMinute(configuration, provider, 'second')).toBe(6_000);
  });
});

describe('the provider', () => {
  it.each([
    ['xnd_production_1', undefined, 480],
    ['xnd_development_1', undefined, 48],
    ['xnd_development_1', '7', 7],
  ])(
    'with the key %s and the rate %s is polled %d times a minute, and no sandbox is started',
    async (key, rate, polls) => {
      const configuration = readConfiguration({
        XENDIT_API_KEY: key,
        XENDIT_WEBHOOK_TOKENS: 'own',
        RECONCILE_RATE_PER_MINUTE: rate,
      });
      const provider = await openProvider(configuration);
      expect(provider).toMatchObject({
        baseUrl: 'https://api.xendit.co',
        isSandbox: false,
        sandbox: undefined,
        accounts: { default: { apiKey: key, webhookTokens: ['own'] } },
      });
      expect(ratePerMinute(configuration, provider, 'default')).toBe(polls);
      await provider.close();
    },
  );

  it('is at the address that is given', async () => {
    const at = { XENDIT_BASE_URL: 'http://127.0.0.1:9' };
    const withKey = { ...at, XENDIT_API_KEY: 'xnd_development_1', XENDIT_WEBHOOK_TOKENS: 'own' };
    expect(await openProvider(readConfiguration(withKey))).toMatchObject({
      baseUrl: 'http://127.0.0.1:9',
      isSandbox: false,
      sandbox: undefined,
    });
    expect(await openProvider(readConfiguration(at))).toMatchObject({
      baseUrl: 'http://127.0.0.1:9',
      isSandbox: true,
      sandbox: undefined,
      accounts: { default: { apiKey: SANDBOX_API_KEY, webhookTokens: [SANDBOX_WEBHOOK_TOKEN] } },
    });
  });
});

async function createLink(url: string): Promise<string> {
  const response = await fetch(`${url}/payouts`, {
    method: 'POST',
    headers: { authorization: basic(SANDBOX_API_KEY), 'content-type': 'application/json' },
    body: JSON.stringify({ external_id: crypto.randomUUID(), amount: 10_000, email: 'demo@example.com' }),
  });
  return ((await response.json()) as { id: string }).id;
}

async function readLink(url: string, id: string): Promise<{ id: string }> {
  const response = await fetch(`${url}/payouts/${id}`, {
    headers: { authorization: basic(SANDBOX_API_KEY) },
  });
  return (await response.json()) as { id: string };
}
