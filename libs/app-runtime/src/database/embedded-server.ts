import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseUnavailableError } from './database.error.js';
import { giveTo, type Place } from './place.js';

const START_SECONDS = 60;

/**
 * The embedded PostgreSQL of one place: its data directory, and the server that runs on it. Callers hold the place's
 * lock, so that one at a time starts or stops it.
 */
export class EmbeddedServer {
  readonly #data: string;
  readonly #passwordFile: string;
  readonly #logFile: string;

  constructor(private readonly place: Place) {
    this.#data = join(place.home, 'postgres');
    this.#passwordFile = join(place.home, 'postgres.password');
    this.#logFile = join(place.home, 'postgres.log');
  }

  /** The address of the server, if its files say that there is one; it may be dead. */
  async url(): Promise<string | undefined> {
    const pid = await readIfThere(join(this.#data, 'postmaster.pid'));
    const password = await readIfThere(this.#passwordFile);
    const port = pid?.split('\n')[3]?.trim();
    if (!port || !password) return undefined;
    return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Makes the data directory where there is none; half-made ones are never left in its place. */
  async create(): Promise<void> {
    if ((await readIfThere(join(this.#data, 'PG_VERSION'))) !== undefined) return;
    const password = randomBytes(24).toString('hex');
    await rm(this.#data, { recursive: true, force: true });
    const temporary = await mkdtemp(join(this.place.home, 'postgres.new-'));
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

  /** Starts the server on a free port, and outlives us. `settings` are PostgreSQL's own. */
  async start(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.#removeStalePid();
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
    await this.#run('pg_ctl', [
      'start',
      '--wait',
      `--timeout=${START_SECONDS}`,
      `--pgdata=${this.#data}`,
      `--log=${this.#logFile}`,
      `--options=${options.join(' ')}`,
    ]);
  }

  /** Ends the server; its data stay. */
  async stop(): Promise<void> {
    await this.#run('pg_ctl', ['stop', '--wait', '--mode=fast', `--pgdata=${this.#data}`]);
  }

  /**
   * After a power cut or in a new container the number in the file may be that of another program, and the server
   * would refuse to start.
   */
  async #removeStalePid(): Promise<void> {
    const file = join(this.#data, 'postmaster.pid');
    const pid = Number((await readIfThere(file))?.split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 0) return;
    for (let attempt = 0; attempt < 50 && (await isServer(pid)); attempt += 1) {
      // One that is stopping or starting at this moment.
      if ((await readIfThere(file)) === undefined) return;
      await wait(100);
    }
    if (!(await isServer(pid))) await rm(file, { force: true });
  }

  async #run(program: 'initdb' | 'pg_ctl', args: string[]): Promise<void> {
    const child = spawn(join(this.place.bin, program), args, {
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      // The server keeps what pg_ctl was given open, so nothing of ours may be among it.
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

async function isServer(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  try {
    return basename(await readlink(`/proc/${pid}/exe`)).startsWith('postgres');
  } catch {
    // No /proc here: take it for a server, which PostgreSQL looks into itself.
    return process.platform !== 'linux';
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
