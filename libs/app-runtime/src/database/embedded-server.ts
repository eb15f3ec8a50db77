import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseUnavailableError } from './database.error.js';
import { giveTo, type Place } from './place.js';

const START_SECONDS = 60;
const TEMPORARY = 'postgres.new-';
// Sessions of a killed server keep running until they notice; until then PostgreSQL refuses to start another server.
const STILL_BUSY = 'shared memory block';

/**
 * The embedded PostgreSQL of one place: its data directory and the server on it. Callers hold the place's lock, so
 * only one at a time starts or stops it.
 */
export class EmbeddedServer {
  readonly #data: string;
  readonly #pidFile: string;
  readonly #passwordFile: string;
  readonly #logFile: string;

  constructor(private readonly place: Place) {
    this.#data = join(place.home, 'postgres');
    this.#pidFile = join(this.#data, 'postmaster.pid');
    this.#passwordFile = join(place.home, 'postgres.password');
    this.#logFile = join(place.home, 'postgres.log');
  }

  /** The address of the server, if its files name one; the server may be dead. */
  async url(): Promise<string | undefined> {
    const pid = await readIfThere(this.#pidFile);
    const password = await readIfThere(this.#passwordFile);
    const port = pid?.split('\n')[3]?.trim();
    if (!port || !password) return undefined;
    return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Whether the server's process exists; it may be starting or stopping. */
  async isRunning(): Promise<boolean> {
    const pid = await this.#pid();
    return pid !== undefined && (await this.#isOurs(pid));
  }

  /** Creates the data directory if there is none, after removing what an interrupted attempt left. */
  async create(): Promise<void> {
    const { home, version } = this.place;
    const made = (await readIfThere(join(this.#data, 'PG_VERSION')))?.trim();
    if (made !== undefined && made !== String(version)) {
      throw new DatabaseUnavailableError(
        `The embedded database in ${this.#data} was made by PostgreSQL ${made}, and this is PostgreSQL ${version}.` +
          ` Move the folder away to begin with an empty database, or install the earlier release again to copy its` +
          ' data (pg_dump) into a database that DATABASE_URL names.',
      );
    }
    if (made !== undefined) {
      if (await readIfThere(this.#passwordFile)) return;
      throw new DatabaseUnavailableError(
        `The password of the embedded database is missing: put ${this.#passwordFile} back, or move ${this.#data}` +
          ' away to begin with an empty database, or set DATABASE_URL.',
      );
    }
    for (const name of await readdir(home)) {
      // Retried: the initdb of a killed program may still be writing there.
      if (name.startsWith(TEMPORARY)) {
        await rm(join(home, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
      }
    }
    const password = randomBytes(24).toString('hex');
    await rm(this.#data, { recursive: true, force: true });
    const temporary = await mkdtemp(join(home, TEMPORARY));
    try {
      await writeFile(this.#passwordFile, password, { mode: 0o600 });
      const passwordForServer = join(temporary, 'password');
      await writeFile(passwordForServer, password, { mode: 0o600 });
      const data = join(temporary, 'data');
      await mkdir(data, { mode: 0o700 });
      for (const path of [temporary, passwordForServer, data]) await giveTo(path, this.place.user);
      await this.#run('initdb', [
        `--pgdata=${data}`,
        '--username=postgres',
        `--pwfile=${passwordForServer}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-sync',
      ]);
      await rename(data, this.#data);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Starts the server on a free port; it outlives this process. `settings` are PostgreSQL's own. */
  async start(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.#removeForeignPid();
    const options = Object.entries({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: String(await freePort()),
      max_connections: '200',
      timezone: 'UTC',
      ...settings,
    }).map(([name, value]) => `-c ${name}='${value}'`);
    await writeFile(this.#logFile, '', { flag: 'a', mode: 0o600 });
    await giveTo(this.#logFile, this.place.user);
    const args = [
      'start',
      '--wait',
      `--timeout=${START_SECONDS}`,
      `--pgdata=${this.#data}`,
      `--log=${this.#logFile}`,
      `--options=${options.join(' ')}`,
    ];
    const giveUpAt = performance.now() + START_SECONDS * 1_000;
    for (;;) {
      try {
        return await this.#run('pg_ctl', args);
      } catch (error) {
        const isBusy = (error as Error).message.includes(STILL_BUSY);
        if (!isBusy || performance.now() > giveUpAt) throw error;
        await wait(500);
      }
    }
  }

  /** Stops the server; its data stay. */
  async stop(): Promise<void> {
    await this.#run('pg_ctl', ['stop', '--wait', '--mode=fast', `--pgdata=${this.#data}`]);
  }

  async #pid(): Promise<number | undefined> {
    const pid = Number((await readIfThere(this.#pidFile))?.split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  }

  /**
   * After a power failure or in a new container, the pid in the file may be another program's, and the server
   * would refuse to start. If there is no such process, PostgreSQL handles it: it looks for surviving sessions.
   */
  async #removeForeignPid(): Promise<void> {
    const pid = await this.#pid();
    if (pid !== undefined && isAlive(pid) && !(await this.#isOurs(pid)))
      await rm(this.#pidFile, { force: true });
  }

  /** Whether a process is the server of this data directory: it is its working directory. */
  async #isOurs(pid: number): Promise<boolean> {
    // Without /proc, assume that it is ours; PostgreSQL checks for itself.
    if (process.platform !== 'linux') return isAlive(pid);
    try {
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(this.#data));
    } catch {
      return false;
    }
  }

  async #run(program: 'initdb' | 'pg_ctl', args: string[]): Promise<void> {
    const child = spawn(join(this.place.bin, program), args, {
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      // The server inherits the streams of pg_ctl and would keep them open.
      stdio: program === 'pg_ctl' ? 'ignore' : ['ignore', 'ignore', 'pipe'],
      ...this.place.user,
    });
    let said = '';
    child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    const code = await new Promise<number | null>((done, failed) => {
      child.once('error', failed).once('close', done);
    });
    if (code === 0) return;
    const log = program === 'pg_ctl' ? await lastLines(this.#logFile) : said.trim();
    throw new DatabaseUnavailableError(
      `The embedded database in ${this.place.home} failed (${program}, exit code ${code}).` +
        ` Set DATABASE_URL to use another one.${log ? `\n${log}` : ''}`,
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function lastLines(file: string): Promise<string> {
  return ((await readIfThere(file)) ?? '').trimEnd().split('\n').slice(-5).join('\n');
}
