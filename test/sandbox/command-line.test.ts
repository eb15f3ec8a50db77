import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { SANDBOX_API_KEY } from 'payout-links-sandbox';
import { SandboxCaller } from './sandbox.caller.js';

const MAIN = 'libs/payout-links-sandbox/dist/main.js';

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

describe('the command line', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'listens until %s, then saves and ends with exit code 0',
    async (signal) => {
      const folder = await mkdtemp(join(tmpdir(), 'sandbox-command-'));
      const data = join(folder, 'sandbox.json');
      const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', data], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? '';
      const caller = new SandboxCaller({
        url,
        apiKey: SANDBOX_API_KEY,
        webhookToken: '',
        close: () => Promise.resolve(),
      });
      const { id } = await caller.create();
      expect((await fetch(`${url}/_sandbox/payouts`)).headers.get('keep-alive')).toBe('timeout=620');
      child.kill(signal);
      const startedAt = performance.now();
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect(await readFile(data, 'utf8')).toContain(id);
      await rm(folder, { recursive: true });
    },
  );

  it('prints its usage with --help', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const word of [
      '--port',
      '--webhook-url',
      '--webhook-token',
      '--rate-limit',
      '--data',
      '--idempotent-replay',
    ]) {
      expect(stdout).toContain(word);
    }
    expect(stdout).toContain(SANDBOX_API_KEY);
    expect(stdout).toContain('_sandbox/claims');
  });

  it.each([
    [['--port', 'many']],
    [['--port', '65536']],
    [['--rate-limit', '0']],
    [['--webhook-url', 'localhost']],
    [['--webhook-token', 'two words']],
    [['--unknown']],
    [['extra']],
  ])('refuses %j as bad usage', async (args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('error:');
  });

  it('says so when its port is taken', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await run('--port', String(port));
    expect(code).toBe(1);
    expect(stderr).toContain('Choose another port with --port');
    server.close();
  });
});
