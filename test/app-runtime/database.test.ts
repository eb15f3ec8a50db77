import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseUnavailableError, openDatabase } from 'app-runtime';
import pg from 'pg';
import { until } from '../support/until.js';
import { isRunning, startProgram, type RunningProgram } from './running-program.js';

const isRoot = process.getuid?.() === 0;
const DONE = { code: 0, signal: null };
const STARTING = 'starting the embedded database\n';

describe('the embedded database', () => {
  let folder: string;
  const programs: RunningProgram[] = [];

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'embedded-')));
    // As root the server runs as another user, who needs access.
    await chmod(folder, 0o755);
  });
  afterEach(async () => {
    for (const { child } of programs.splice(0)) child.kill('SIGKILL');
    for (const home of [join(folder, 'other'), folder, moved()]) {
      const pid = (await serverPid(home)) ?? 0;
      const worksIn = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
      if (worksIn === join(home, 'postgres')) {
        process.kill(pid, 'SIGQUIT');
        await until('the server stopped', () => !isRunning(pid));
      }
      await rm(home, { recursive: true, force: true });
    }
  });

  /** Where the server goes when its user cannot reach the folder. */
  function moved(): string {
    return `/var/tmp/payout-links-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  }

  function start(given: object = {}): RunningProgram {
    const program = startProgram('database', { folder, ...given });
    programs.push(program);
    return program;
  }

  async function serverPid(home = folder): Promise<number | undefined> {
    const text = await readFile(join(home, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    return Number(text.split('\n')[0]) || undefined;
  }

  it('is started by the first program and stopped by the last, and keeps what is in it', async () => {
    const first = start();
    const url = await first.said('database');
    expect(first.stdout).toContain(STARTING);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect((await stat(join(folder, 'postgres.password'))).mode & 0o077).toBe(0);
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');
    const pid = (await serverPid())!;
    expect(await first.end()).toEqual(DONE);
    await until('the server stopped', () => !isRunning(pid));

    const second = start();
    expect(await query(await second.said('database'), 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    expect(await second.end()).toEqual(DONE);
    expect((await readdir(folder)).toSorted()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  it('takes no password but its own', async () => {
    const url = new URL(await start().said('database'));
    url.password = 'wrong';
    const error = await openDatabase({ url: url.href }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect((error as Error).message).toContain('password authentication failed');
    url.password = '';
    await expect(openDatabase({ url: url.href })).rejects.toThrow(DatabaseUnavailableError);
  });

  it('is shared by programs that start at once, until the last of them leaves', async () => {
    const three = [start(), start(), start()];
    const urls = await Promise.all(three.map((program) => program.said('database')));
    expect(new Set(urls).size).toBe(1);
    expect(three.filter(({ stdout }) => stdout.includes(STARTING))).toHaveLength(1);
    const pid = (await serverPid())!;

    const [last, ...others] = three;
    expect(await Promise.all(others.map((program) => program.end()))).toEqual([DONE, DONE]);
    expect(await query(urls[0]!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await last!.end()).toEqual(DONE);
    await until('the server stopped', () => !isRunning(pid));
  });

  it('is stopped once when all leave at once, and can be started again at that moment', async () => {
    const three = [start(), start(), start()];
    await Promise.all(three.map((program) => program.said('database')));
    const ends = three.map((program) => program.end());
    const next = start();
    const url = await next.said('database');
    expect(await Promise.all(ends)).toEqual([DONE, DONE, DONE]);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const pid = (await serverPid())!;
    expect(await next.end()).toEqual(DONE);
    await until('the server stopped', () => !isRunning(pid));
  });

  it('that a killed program has left running is taken over by the next', async () => {
    const killed = start();
    const url = await killed.said('database');
    const pid = (await serverPid())!;
    await killed.end('SIGKILL');
    expect(isRunning(pid)).toBe(true);

    const next = start();
    expect(await next.said('database')).toBe(url);
    expect(next.stdout).not.toContain(STARTING);
    expect(await next.end()).toEqual(DONE);
    await until('the server stopped', () => !isRunning(pid));
  });

  it('whose server was killed is started again by the next, with what was in it', async () => {
    const first = start();
    const url = await first.said('database');
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');
    const pid = (await serverPid())!;
    // Its sessions stay while they are busy, and no other server may write to the data.
    const busy = query(
      url,
      'SELECT count(*) FROM generate_series(1, 15000000) n WHERE n % 7 = length(n::text)',
    );
    const over = busy.catch(() => undefined);
    await until('its sessions are busy', async () => {
      const running = await query(url, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%generate_series%'");
      return running.length > 1;
    });
    process.kill(pid, 'SIGKILL');
    await until('the server stopped', () => !isRunning(pid));

    const next = start();
    expect(await query(await next.said('database'), 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    await over;
    const newPid = (await serverPid())!;
    expect(newPid).not.toBe(pid);
    // The first has lost its connection; it neither fails nor stops the server of the others.
    expect(await first.end()).toEqual(DONE);
    expect(isRunning(newPid)).toBe(true);
    expect(await next.end()).toEqual(DONE);
    await until('the server stopped', () => !isRunning(newPid));
  });

  it('is not delayed long by the lock of a dead process', async () => {
    await mkdir(join(folder, 'postgres.lock'));
    const startedAt = performance.now();
    const program = start();
    await program.said('database');
    // Five seconds until the lock counts as stale, the rest for the start.
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await program.end()).toEqual(DONE);
  });

  it.each([
    ['no process', () => Promise.resolve(4_194_000)],
    ['another program', () => Promise.resolve(process.pid)],
    [
      'the server of another folder',
      async () => {
        const other = join(folder, 'other');
        await start({ folder: other }).said('database');
        return (await serverPid(other))!;
      },
    ],
  ])('is not blocked by a pid that belongs to %s now', async (_, findPid) => {
    const first = start();
    await first.said('database');
    const file = join(folder, 'postgres', 'postmaster.pid');
    const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
    await first.end();
    await writeFile(file, [await findPid(), ...rest].join('\n'));

    const next = start();
    await next.said('database');
    expect(await next.end()).toEqual(DONE);
  });

  it('is created again when the first attempt was interrupted, and its remains are removed', async () => {
    await mkdir(join(folder, 'postgres.new-abc123', 'data', 'base'), { recursive: true });
    await writeFile(join(folder, 'postgres.new-abc123', 'data', 'PG_VERSION'), '18\n');
    await mkdir(join(folder, 'postgres', 'base'), { recursive: true });
    await writeFile(join(folder, 'postgres.password'), 'of an earlier attempt');
    const program = start();
    await program.said('database');
    expect(await program.end()).toEqual(DONE);
    expect((await readdir(folder)).toSorted()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  it('is whole after a program was killed at any moment of the first start', async () => {
    for (const ms of [100, 900]) {
      const killed = start();
      await killed.said('');
      const killAt = performance.now() + ms;
      await until('the moment to kill', () => performance.now() > killAt);
      await killed.end('SIGKILL');
    }
    const program = start();
    expect(await query(await program.said('database'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const pid = (await serverPid())!;
    expect(await program.end()).toEqual(DONE);
    await until('the server stopped', () => !isRunning(pid));
  });

  it('made by another major version is left alone, with a message that says what to do', async () => {
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '17\n');
    await writeFile(join(folder, 'postgres.password'), 'of its own');
    const error = await openDatabase({ folder }).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect((error as Error).message).toMatch(/PostgreSQL 17\b.*PostgreSQL 18\b.*DATABASE_URL/s);
    expect((error as Error).message).toContain(join(folder, 'postgres'));
    expect(await readdir(join(folder, 'postgres'))).toEqual(['PG_VERSION']);
    expect(await readFile(join(folder, 'postgres.password'), 'utf8')).toBe('of its own');
  });

  it('whose password is lost says so', async () => {
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '18\n');
    const opened = openDatabase({ folder });
    await expect(opened).rejects.toThrow(DatabaseUnavailableError);
    await expect(opened).rejects.toThrow(join(folder, 'postgres.password'));
  });

  it('whose server does not start says why', async () => {
    const program = start({ settings: { no_such_setting: 'on' } });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stderr).toContain('no_such_setting');
    expect(program.stderr).toContain('DATABASE_URL');
    expect(program.stderr).not.toContain('    at ');
  });

  it('says so when its folder cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const readOnly = join(folder, 'read-only');
    await mkdir(readOnly, { mode: 0o555 });
    // Root can write anywhere.
    for (const place of [join(file, '.data'), ...(isRoot ? [] : [readOnly, join(readOnly, '.data')])]) {
      const opened = openDatabase({ folder: place });
      await expect(opened).rejects.toThrow(DatabaseUnavailableError);
      await expect(opened).rejects.toThrow(/DATABASE_URL/);
    }
  });

  it('moves to a separate place when its user cannot reach the folder', async () => {
    await chmod(folder, 0o700);
    const home = isRoot ? moved() : folder;
    const [one, other] = [start(), start()];
    const url = await one.said('database');
    expect(await other.said('database')).toBe(url);
    const pid = (await serverPid(home))!;
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');
    expect(await Promise.all([one.end(), other.end()])).toEqual([DONE, DONE]);
    await until('the server stopped', () => !isRunning(pid));

    const next = start();
    expect(await query(await next.said('database'), 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    expect(await next.end()).toEqual(DONE);
    const left = (await readdir(home)).filter((name) => !name.startsWith('postgres'));
    expect(left).toEqual(isRoot ? [expect.stringMatching(/^native-18\./)] : []);
  });
});

describe('a database of the user’s own', () => {
  it('is opened as it is, and outlives us', async () => {
    const url = process.env.TEST_DATABASE_URL!;
    const database = await openDatabase({ url });
    expect(database.url).toBe(url);
    await database.close();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.each([
    ['nothing listens', 'postgres://user:s3cr3t@127.0.0.1:1/links', '127.0.0.1:1/links'],
    ['the name leads nowhere', 'postgres://user:s3cr3t@nowhere.invalid/links', 'nowhere.invalid:5432/links'],
    ['its certificate is missing', 'postgres://user:s3cr3t@127.0.0.1/links?sslrootcert=/none', '/none'],
    ['its password is not encoded', 'postgres://user:s3cr3t%@127.0.0.1/links', 'DATABASE_URL'],
  ])('that is unreachable because %s is reported without its password', async (_, url, said) => {
    const error = await openDatabase({ url }).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect((error as Error).message).toContain(said);
    expect((error as Error).message).toContain('DATABASE_URL');
    expect((error as Error).message).not.toContain('s3cr3t');
  });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
