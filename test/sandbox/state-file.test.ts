import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox, type SandboxOptions } from 'payout-links-sandbox';
import { SandboxCaller } from './sandbox.caller.js';
import { startReceiver } from './webhook.receiver.js';

const MAIN = 'libs/payout-links-sandbox/dist/main.js';

describe('a state file', () => {
  let folder: string;
  let data: string;
  const sandboxes: Sandbox[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-state-'));
    data = join(folder, 'nested', 'sandbox.json');
  });
  afterEach(async () => {
    await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.close()));
    await rm(folder, { recursive: true });
  });

  async function start(options: SandboxOptions = {}): Promise<SandboxCaller> {
    const sandbox = await startSandbox({ data, ...options });
    sandboxes.push(sandbox);
    return new SandboxCaller(sandbox);
  }

  it('keeps links, counters, clock and what is due over a restart', async () => {
    const receiver = await startReceiver();
    receiver.respondWith = 503;
    const before = await start({ webhookUrl: receiver.url, webhookToken: 'kept' });
    const { id: failing } = await before.create();
    await before.claim(failing, '121212');
    await before.advance(1_000);
    const { id: stuck } = await before.create({ external_id: 'taken' });
    await before.claim(stuck, '131313');
    const { id: pending } = await before.create();
    await before.advance(10 * 60_000);
    const links = await Promise.all([failing, stuck, pending].map((id) => before.read(id)));
    const emails = await before.emails();
    await before.sandbox.close();
    expect(receiver.received).toHaveLength(1);

    const after = await start();
    expect(after.sandbox.webhookToken).toBe('kept');
    const moved = (text: unknown) =>
      JSON.parse(JSON.stringify(text).replaceAll(before.sandbox.url, after.sandbox.url)) as unknown;
    expect((await after.request('GET', '/_sandbox/polls')).body).toMatchObject({ [stuck]: 1 });
    expect(await Promise.all([failing, stuck, pending].map((id) => after.read(id)))).toEqual(moved(links));
    expect(await after.emails()).toEqual(moved(emails));
    const again = await after.post('/payouts', {
      external_id: 'taken',
      amount: 10_000,
      email: 'demo@example.com',
    });
    expect(again.status).toBe(409);
    expect(Date.parse(await after.advance(0)) - Date.now()).toBeGreaterThan(9 * 60_000);

    receiver.respondWith = 200;
    await after.advance(15 * 60_000);
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[1]).toMatchObject({
      body: receiver.received[0]!.body,
      headers: { 'webhook-id': receiver.received[0]!.headers['webhook-id'], 'x-callback-token': 'kept' },
    });
    await after.advance(3 * 24 * 60 * 60_000);
    expect((await after.read(pending)).status).toBe('EXPIRED');
    await receiver.close();
  });

  it('sends a delivery that was under way at the end once more', async () => {
    const receiver = await startReceiver();
    receiver.respondWith = 'silence';
    const before = await start({ webhookUrl: receiver.url });
    await before.claim((await before.create()).id);
    while (receiver.received.length === 0) await before.emails();
    await before.sandbox.close();

    receiver.respondWith = 200;
    const after = await start();
    while (receiver.received.length < 2) await after.emails();
    expect(receiver.received[1]!.headers['webhook-id']).toBe(receiver.received[0]!.headers['webhook-id']);
    await receiver.close();
  });

  it('is written while the sandbox runs, and never holds a key', async () => {
    const caller = await start();
    const { id } = await caller.create();
    let text = '';
    while (!text.includes(id)) text = await readFile(data, 'utf8').catch(() => '');
    expect(JSON.parse(text)).toMatchObject({ version: 1, payouts: [{ id }] });
    expect(text).not.toContain(caller.apiKey);
  });

  it('is served by one sandbox at a time, whose address the second one reports', async () => {
    const holder = await start();
    await expect(startSandbox({ data })).rejects.toMatchObject({
      code: 'SANDBOX_STATE_LOCKED',
      holderUrl: holder.sandbox.url,
      message: expect.stringContaining(holder.sandbox.url),
    });
    await holder.sandbox.close();
    expect((await (await start()).create()).status).toBe('PENDING');
  });

  it('can be opened again after its holder was killed', async () => {
    const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = line.replace('listening on ', '');
    await expect(startSandbox({ data })).rejects.toMatchObject({ holderUrl: url });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const startedAt = performance.now();
    await start();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('that is damaged is named, with what to do, and left as it is', async () => {
    const file = join(folder, 'damaged.json');
    for (const text of ['{"version":1,', '{}', '[]']) {
      await writeFile(file, text);
      await expect(startSandbox({ data: file })).rejects.toMatchObject({
        code: 'SANDBOX_STATE_UNREADABLE',
        message: expect.stringContaining(file),
      });
      expect(await readFile(file, 'utf8')).toBe(text);
    }
    await rm(file);
    data = file;
    expect((await (await start()).create()).status).toBe('PENDING');
  });
});
