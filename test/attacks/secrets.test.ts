import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { businessDate, TIMEZONE } from '../reconciler/reconciler.stage.js';
import { basic, SandboxCaller, type Email } from '../sandbox/sandbox.caller.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { MailServer } from '../support/mail-server.js';
import { start, type Running } from '../support/programs.js';
import { TcpProxy } from '../support/tcp.proxy.js';
import { until } from '../support/until.js';
import { SECRET, WebhookReceiver } from '../support/webhook-receiver.js';

const API_KEY = 'xnd_development_a1b2c3d4e5f6g7h8';
const TOKEN = 'verification-token-9x8y7z';
const DEMO_KEY = 'demo-key-5t6u7v8w';
const SMTP_PASSWORD = 'smtp-password-1q2w3e';
const PERSON = 'tina.wulandari@example.net';
const FAULTS = ['reset', 'timeout-before', 'timeout-after', '500', '429', 'garbage'];

/** What was said by whom: logs at every level, responses, mails, files. */
interface Said {
  by: string;
  text: string;
}

describe('everything that the programs say, at LOG_LEVEL=trace, while all kinds of things go wrong', () => {
  let database: TestDatabase;
  let network: TcpProxy;
  let databaseUrl: string;
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  let mails: MailServer;
  let receiver: WebhookReceiver;
  let folder: string;
  let passcodes: string[];
  let demo: Running;
  let url: string;
  const said: Said[] = [];
  const reports: Said[] = [];

  const environment = (more: Record<string, string> = {}) => ({
    DATABASE_URL: databaseUrl,
    XENDIT_API_KEY: API_KEY,
    XENDIT_WEBHOOK_TOKENS: TOKEN,
    XENDIT_BASE_URL: sandbox.url,
    DEMO_API_KEY: DEMO_KEY,
    REPORTS_DIR: join(folder, 'reports'),
    REPORT_TIMEZONE: TIMEZONE,
    REPORT_DELIVERY: JSON.stringify([
      mails.target({ smtpUrl: `smtp://accounting:${SMTP_PASSWORD}@127.0.0.1:${mails.port}` }),
      receiver.target(),
    ]),
    LOG_LEVEL: 'trace',
    LOG_FORMAT: 'json',
    ...more,
  });
  const reconcile = async (args: string[], more: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await start('reconciler', args, environment(more)).ended;
    said.push({ by: `reconcile ${args[0]!}`, text: stdout + stderr });
    return code;
  };
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${DEMO_KEY}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text };
  };
  /** An error response, which must not name the person either; other responses may. */
  const fails = async (...request: Parameters<typeof call>) => {
    const { status, text } = await call(...request);
    if (status >= 400) said.push({ by: `${request[0]} ${request[1]} ${status}`, text });
    return status;
  };
  const create = async (externalId: string) =>
    JSON.parse((await call('POST', '/payout-links', { externalId, amount: 50_000, email: PERSON })).text) as {
      id: string;
      providerId: string;
    };

  beforeAll(async () => {
    database = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
    ({ proxy: network, url: databaseUrl } = await TcpProxy.before(database.url));
    sandbox = await startSandbox({ webhookToken: TOKEN });
    caller = new SandboxCaller(sandbox, {}, API_KEY);
    mails = await MailServer.start({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_, __, done) => done(null, { user: 'accounting' }),
    });
    receiver = await WebhookReceiver.start();
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
    demo = start('demo', [], environment({ PORT: '0' }));
    url = await until('it listens', () => /listening on (http[^"\s]+)/.exec(demo.stdout())?.[1]);
    await caller.control('webhooks', { url: `${url}/webhooks/xendit/payout-links` });
  });
  afterAll(async () => {
    demo.child.kill('SIGTERM');
    await demo.ended;
    await sandbox.close();
    await mails.close();
    await receiver.close();
    await network.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('happens: good calls, bad calls, a provider and a database that fail, a run, mails and files', async () => {
    const [paid, failing] = [await create('order-paid'), await create('order-failing')];
    await caller.claim(paid.providerId);
    await caller.claim(failing.providerId, '121212');
    await caller.advance(2_000);
    for (const kind of FAULTS) {
      for (const route of ['POST /payouts', 'GET /payouts/:id', 'POST /payouts/:id/void'])
        await caller.control('faults', {
          route,
          kind,
          times: 1,
          ...(kind.startsWith('timeout') && { ms: 50 }),
        });
      await call('POST', '/payout-links', { externalId: `order-${kind}`, amount: 50_000, email: PERSON });
      await fails('POST', `/payout-links/${paid.id}/refresh`);
      await fails('POST', `/payout-links/${paid.id}/void`);
    }
    expect(
      await fails('POST', '/payout-links', { externalId: 'order-paid', amount: 60_000, email: PERSON }),
    ).toBe(409);
    expect(
      await fails('POST', '/payout-links', { externalId: '', amount: 'x', email: `${PERSON}@`, [PERSON]: 1 }),
    ).toBe(400);
    expect(await fails('POST', '/payout-links', `{"email":"${PERSON}","apiKey":"${API_KEY}"`)).toBe(400);
    expect(await fails('GET', '/payout-links', undefined, { authorization: basic('', 'another-key') })).toBe(
      401,
    );
    expect(
      await fails('POST', '/webhooks/xendit/payout-links', {}, { 'x-callback-token': `${TOKEN}x` }),
    ).toBe(401);
    await fails('POST', '/webhooks/xendit/payout-links', `{"email":"${PERSON}"`, {
      'x-callback-token': TOKEN,
    });
    await call(
      'POST',
      '/webhooks/xendit/payout-links',
      { email: PERSON, data: { id: 'p', external_id: 'stray' } },
      { 'x-callback-token': TOKEN },
    );
    await fails('GET', `/payout-links/${PERSON}`);
    await fails('GET', `/payout-links?nonsense=${PERSON}`);

    // Yesterday's, which is delivered.
    expect(await reconcile(['run', '--json'])).toBe(0);
    expect(await reconcile(['run', '--date', businessDate(), '--json'])).toBe(0);
    const set = join(folder, 'reports', 'default', businessDate());
    await Promise.all([
      reconcile(['verify', set]),
      reconcile(['decide', join(set, 'failures.csv'), '--dry-run']),
    ]);
    await writeFile(join(folder, 'pay.csv'), `external_id,amount,email\nbulk-1,50000,${PERSON}\n`);
    await writeFile(
      join(folder, 'bad.csv'),
      `external_id,amount,email\nbulk-1,5e4,${PERSON}x@\n,x,${PERSON}\n`,
    );
    await Promise.all(
      ['pay.csv', 'bad.csv'].map((file) => reconcile(['create', join(folder, file), '--yes'])),
    );
    await writeFile(
      join(folder, 'import.csv'),
      `provider_id,email\n${paid.providerId},another@example.com\nmissing,${PERSON}\n`,
    );
    await reconcile(['import', join(folder, 'import.csv')]);
    await reconcile(['match', '--fetch', '--from', businessDate(), '--to', businessDate(), '--json']);
    await Promise.all(['plan', 'status', 'deliver', 'invariants'].map((command) => reconcile([command])));
    await Promise.all([
      reconcile(['run', '--date', businessDate()], { XENDIT_API_KEY: 'not_a_key_of_the_provider' }),
      reconcile(['run'], {
        XENDIT_API_KEY: `${API_KEY} ${TOKEN}`,
        DEMO_API_KEY: `${DEMO_KEY} x`,
        DATABASE_URL: `mysql://u:${SMTP_PASSWORD}@h`,
      }),
      reconcile(['run'], {
        XENDIT_ACCOUNTS: `{"a":{"apiKey":"${API_KEY}","webhookTokens":"${TOKEN}"}`,
        REPORT_DELIVERY: `[{"type":"email","smtpUrl":"smtp://x:${SMTP_PASSWORD}@"}]`,
      }),
      reconcile(['run'], { XENDIT_BASE_URL: `https://user:${SMTP_PASSWORD}@api.example.com` }),
    ]);
    network.cut();
    await fails('POST', '/payout-links', { externalId: 'order-away', amount: 50_000, email: PERSON });
    await fails('GET', '/payout-links');
    await fails('GET', '/health/ready');
    await reconcile(['run', '--date', businessDate()]);
    network.restore();
    await until('it is ready', async () => (await call('GET', '/health/ready')).status === 200);
    await fails('POST', `/payout-links/${failing.id}/adopt`, { providerId: API_KEY });

    for (const path of ['/metrics', '/docs-json', '/health/ready', '/health/live', '/balance'])
      said.push({ by: path, text: (await call('GET', path)).text });
    said.push({ by: 'demo', text: demo.stdout() + demo.stderr() });
    for (const mail of mails.mails)
      said.push({
        by: 'mail',
        text: [mail.subject, mail.text, String(mail.html), JSON.stringify([...mail.headers])].join('\n'),
      });
    for (const { body } of receiver.received)
      said.push({ by: 'delivered webhook', text: JSON.stringify(body) });
    for (const name of await readdir(folder, { recursive: true })) {
      if (/\.(csv|html|json)$/.test(name))
        reports.push({ by: name, text: await readFile(join(folder, name), 'utf8') });
    }
    const letters = (await caller.request('GET', '/_sandbox/emails')).body as unknown as Email[];
    passcodes = letters.map(({ passcode }) => passcode);
    // There is something to find secrets in.
    const lines = said
      .map(({ text }) => text)
      .join('\n')
      .split('\n');
    expect(lines.length).toBeGreaterThan(300);
    for (const level of ['debug', 'info', 'warn'])
      expect([level, lines.some((line) => line.includes(`"level":"${level}"`))]).toEqual([level, true]);
    for (const by of ['mail', 'delivered webhook', 'reconcile match', '/metrics', 'demo'])
      expect([by, said.some((one) => one.by === by && one.text.length > 50)]).toEqual([by, true]);
    expect(reports.map(({ by }) => by).join()).toContain('failures.csv');
    expect(passcodes.length).toBeGreaterThan(2);
  });

  it('holds no key, token, password or authorization header, in any form', () => {
    const secrets = [API_KEY, TOKEN, DEMO_KEY, SMTP_PASSWORD, SECRET.replace('whsec_', '')];
    const forms = secrets.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
      Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, '').slice(0, -1),
      Buffer.from(`:${secret}`).toString('base64').replace(/=+$/, '').slice(0, -1),
    ]);
    const { password } = new URL(database.url);
    if (password.length > 6) forms.push(password);
    const found = [...said, ...reports].flatMap(({ by, text }) =>
      forms.filter((form) => text.includes(form)).map((form) => `${by}: ${form}: ${around(text, form)}`),
    );
    expect(found).toEqual([]);
    const headers = [...said, ...reports].filter(
      ({ by, text }) => by !== '/docs-json' && /\b(Basic|Bearer) [\w+/=-]{8,}/.test(text),
    );
    expect(headers.map(({ by }) => by)).toEqual([]);
  });

  it('holds no passcode of a link, and outside reports no recipient’s address', () => {
    const withPasscode = [...said, ...reports].flatMap(({ by, text }) =>
      passcodes.filter((passcode) => new RegExp(`passcode\\W{1,5}${passcode}`, 'i').test(text)).map(() => by),
    );
    expect(withPasscode).toEqual([]);
    const named = said
      .filter(({ text }) => text.includes(PERSON))
      .map(({ by, text }) => `${by}: ${around(text, PERSON)}`);
    expect(named).toEqual([]);
  });
});

function around(text: string, part: string): string {
  const at = text.indexOf(part);
  return text.slice(Math.max(0, at - 80), at + 80);
}
