import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import pg from 'pg';
import { freePort } from './free-port.js';
import { until } from './until.js';

const leaveOut = describe.skip;
const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;
/** PgBouncer refuses to run as root. */
const NOBODY = 65_534;

/** `describe` for suites behind PgBouncer: skipped, and reported as skipped, if it is not installed. */
export const describeWithPgBouncer: (name: string, tests: () => void) => void = isInstalled
  ? describe
  : (name, tests) => {
      process.stderr.write(`${name}: left out, PgBouncer is not installed\n`);
      leaveOut(name, tests);
    };

/** A real PgBouncer in front of a database. */
export class PgBouncer {
  private constructor(
    /** Of the database, through the pooler. */
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async before(databaseUrl: string, mode: 'transaction' | 'session'): Promise<PgBouncer> {
    const target = new URL(databaseUrl);
    const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
    const port = await freePort();
    const [user, password, name] = [target.username, target.password, target.pathname.slice(1)];
    await writeFile(join(folder, 'users.txt'), `"${user}" "${password}"\n`);
    await writeFile(
      join(folder, 'pgbouncer.ini'),
      [
        '[databases]',
        `${name} = host=${target.hostname} port=${target.port} dbname=${name}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = plain',
        `auth_file = ${join(folder, 'users.txt')}`,
        `pool_mode = ${mode}`,
        'default_pool_size = 10',
        '',
      ].join('\n'),
    );
    const asRoot = process.getuid?.() === 0;
    if (asRoot)
      for (const path of [folder, join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')])
        await chown(path, NOBODY, NOBODY);
    const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
      stdio: 'ignore',
      ...(asRoot && { uid: NOBODY, gid: NOBODY }),
    });
    const through = new URL(databaseUrl);
    through.hostname = '127.0.0.1';
    through.port = String(port);
    await until('PgBouncer accepts connections', async () => {
      const client = new pg.Client({ connectionString: through.href });
      client.on('error', () => undefined);
      return client.connect().then(
        () => client.end().then(() => true),
        () => false,
      );
    });
    return new PgBouncer(through.href, child, folder);
  }

  async close(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
    await rm(this.folder, { recursive: true });
  }
}
