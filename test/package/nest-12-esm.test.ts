import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import {
  copyHost,
  INSTALL_QUICKLY,
  packLibraries,
  plainEnvironment,
  type InstalledHost,
  type Tarballs,
} from './installed-host.js';
import { blocksOf, type Block } from './readme.blocks.js';
import { describeWithRegistry } from './registry.js';
import { STORY } from './story.js';

const README = new URL('../../libs/payout-links/README.md', import.meta.url);
const WEBHOOK_URL = 'http://127.0.0.1:3000/webhooks/xendit/payout-links';

/** The files that these tests run; a block that is not here has to be run too. */
const FILES = [
  'src/app.module.ts',
  'src/refunds.controller.ts',
  'src/payments.module.ts',
  'src/data-source.ts',
  'src/payout-link-errors.ts',
  'src/two-accounts.ts',
  'src/refunds.spec.ts',
];
const COMMANDS = {
  install: 'npm install',
  sandbox: 'npx payout-links-sandbox',
  start: 'npm start',
  claim: '/_sandbox/claims',
  migrate: 'typeorm migration:run',
  test: 'node --test',
};

// Compilers and test runners, on a machine that does other things too.
jest.setTimeout(240_000);

describeWithRegistry(
  'the README of the library, followed in a fresh Nest 12 application of ES modules, with TypeORM 1',
  () => {
    let blocks: Block[];
    let tarballs: Tarballs;
    let host: InstalledHost;
    let database: TestDatabase;
    const others: TestDatabase[] = [];
    const terminals: ChildProcess[] = [];
    let ports: { sandbox: number; host: number };

    beforeAll(async () => {
      blocks = await blocksOf(README);
      tarballs = await packLibraries();
      database = await createTestDatabase([]);
      ports = { sandbox: await freePort(), host: await freePort() };
      host = await copyHost('host-nest-12-esm');
      for (const { file, code } of blocks) if (file) await writeFile(join(host.folder, file), code);
      await shell(COMMANDS.install);
    }, 240_000);
    afterAll(async () => {
      for (const { pid } of terminals) process.kill(-pid!, 'SIGKILL');
      await host?.remove();
      await tarballs?.remove();
      await Promise.all([database, ...others].map((each) => each?.drop()));
    });

    const anotherDatabase = async () => {
      const another = await createTestDatabase([]);
      others.push(another);
      return another;
    };
    /** A block of commands, with the tarballs as names, and with free ports and a database. */
    const commands = (part: string) =>
      blocks
        .find(({ language, code }) => language === 'sh' && code.includes(part))!
        .code.replaceAll('npm install', `npm install ${INSTALL_QUICKLY.join(' ')}`)
        .replace(/(?<=npm install.*) nestjs-payout-links/, ` ${tarballs.library}`)
        .replace(/(?<=npm install.*) payout-links-sandbox/, ` ${tarballs.sandbox}`)
        .replace(
          'npx payout-links-sandbox',
          `npx payout-links-sandbox --port 4010 --webhook-url ${WEBHOOK_URL}`,
        )
        .replaceAll('4010', String(ports.sandbox))
        .replaceAll('3000', String(ports.host))
        .replace(/postgres:\/\/\S+/, database.url);
    const shell = (part: string, env: Record<string, string> = {}) =>
      host.run('sh', ['-ec', commands(part)], env);
    /** Starts long-running commands, waits until their port responds, and returns their output. */
    const terminal = async (part: string, port: number) => {
      const child = spawn('sh', ['-ec', commands(part)], {
        cwd: host.folder,
        env: { ...plainEnvironment(), NO_COLOR: '1', PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Its own process group, so that all of it can be ended.
        detached: true,
      });
      terminals.push(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data));
      const responds = () => fetch(`http://127.0.0.1:${port}/`).then(Boolean, () => false);
      await until(`a response of: ${part}`, responds).catch((error: unknown) => {
        throw new Error(said, { cause: error });
      });
      return () => said;
    };

    it('has no block of code but those that are run here', () => {
      expect(blocks.filter(({ language }) => language === 'ts').map(({ file }) => file)).toEqual(FILES);
      const shells = blocks.filter(({ language }) => language === 'sh');
      expect(
        shells.map(({ code }) => Object.values(COMMANDS).findIndex((part) => code.includes(part))),
      ).toEqual(Object.keys(COMMANDS).map((_, index) => index));
      expect(blocks).toHaveLength(FILES.length + shells.length);
    });

    it('has modules that are compiled strictly, the types of packages checked too', async () => {
      await host.run('npm', ['run', 'build']);
    });

    it('ends in packages that migrate, create a link, and call a method when a webhook reports the end', async () => {
      const said = await host.run('node', ['dist/story/main.js'], {
        DATABASE_URL: (await anotherDatabase()).url,
      });
      expect(JSON.parse(said)).toEqual(STORY);
    });

    it('shows an application that gets a failure from the sandbox, and prints what to do', async () => {
      await terminal(COMMANDS.sandbox, ports.sandbox);
      const said = await terminal(COMMANDS.start, ports.host);
      await shell(COMMANDS.claim);
      const line = await until('the handler is called', () => /refund-1 FAILED .*/.exec(said())?.[0]);
      const [, printed] = /`(refund-1 FAILED [^`]*)`/.exec(await readFile(README, 'utf8')) ?? [];
      expect(line).toBe(printed);
    });

    it('shows a filter that responds to errors, and accounts that pay', async () => {
      const said = await host.run('node', ['dist/rest-of-the-readme.js'], {
        DATABASE_URL: database.url,
        XENDIT_BASE_URL: `http://127.0.0.1:${ports.sandbox}`,
        XENDIT_API_KEY: 'xnd_development_one',
        XENDIT_WEBHOOK_TOKEN: 'one',
        JAKARTA_API_KEY: 'xnd_development_two',
        JAKARTA_WEBHOOK_TOKEN: 'two',
      });
      expect(JSON.parse(said)).toEqual({
        paid: { account: 'jakarta', status: 'PENDING' },
        responds: [
          { status: 400, code: 'INVALID_PAYOUT_LINK' },
          { status: 201 },
          { status: 409, code: 'DUPLICATE_PAYOUT' },
        ],
      });
    });

    it('shows a DataSource with the library’s migrations beside existing ones', async () => {
      const existing = await anotherDatabase();
      await shell(COMMANDS.migrate, { DATABASE_URL: existing.url });
      expect(await existing.query('SELECT name FROM migrations ORDER BY id')).toEqual([
        { name: 'CreateOrders1700000000000' },
        { name: 'CreatePayoutLinks1764000000000' },
        { name: 'IndexPaidLinks1764000200000' },
        { name: 'FenceLeases1764000300000' },
        { name: 'RememberLastSend1764000400000' },
        { name: 'StandardNames1764000500000' },
        { name: 'ObserveQueues1764000800000' },
        { name: 'ImportAndPlan1764001000000' },
        { name: 'IndexSearch1764001100000' },
        { name: 'RetainAndRedact1764001200000' },
      ]);
    });

    it('shows a test of a host that passes', async () => {
      const said = await shell(COMMANDS.test, { DATABASE_URL: (await anotherDatabase()).url });
      expect(said).toMatch(/^# pass 1$/m);
    });
  },
);
