import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { lock } from 'proper-lockfile';
import { DatabaseUnavailableError } from './database.error.js';
import { EmbeddedServer } from './embedded-server.js';
import { findPlace } from './place.js';
import { TolerantClient } from './tolerant-client.js';

const PRESENCE = 'payout-links-presence';
const LOCK_STALE_MS = 5_000;
const SETTLES_WITHIN_MS = 60_000;

/** A reachable database. */
export interface Database {
  readonly url: string;
  /** Disconnects; the last program to disconnect stops the embedded server. */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** Address of the user's own database. @default the embedded one */
  url?: string;
  /** Folder of the embedded one. @default '.data' */
  folder?: string;
  /** Settings of the embedded server, if this program starts it. */
  settings?: Readonly<Record<string, string>>;
  /** Receives progress messages. */
  log?: (message: string) => void;
}

/**
 * Opens the database that `url` names, else the embedded PostgreSQL of a folder: the first program starts it,
 * later ones connect, the last one to exit stops it. Leftovers of a killed program are removed.
 * @throws DatabaseUnavailableError
 */
export async function openDatabase({
  url,
  folder = '.data',
  settings = {},
  log = () => undefined,
}: OpenDatabaseOptions = {}): Promise<Database> {
  if (url !== undefined) {
    const client = await connect(url, 'payout-links');
    await client.end();
    return { url, close: () => Promise.resolve() };
  }
  try {
    return await openEmbedded(folder, settings, log);
  } catch (cause) {
    if (cause instanceof DatabaseUnavailableError) throw cause;
    throw new DatabaseUnavailableError(
      `The embedded database in ${resolve(folder)} cannot be used: ${reasonOf(cause)}. Set DATABASE_URL to use another one.`,
      { cause },
    );
  }
}

async function openEmbedded(
  folder: string,
  settings: Readonly<Record<string, string>>,
  log: (message: string) => void,
): Promise<Database> {
  const place = await findPlace(folder);
  const server = new EmbeddedServer(place);
  const presence = await alone(place.home, async () => {
    const running = await connectToRunning(server);
    if (running) return running;
    log('starting the embedded database');
    await server.create();
    await server.start(settings);
    return connect((await server.url())!, PRESENCE);
  });
  return {
    url: (await server.url())!,
    close: () => alone(place.home, () => leave(server, presence)),
  };
}

/** Each program holds a named connection, which the system closes when the program dies. */
async function leave(server: EmbeddedServer, presence: pg.Client): Promise<void> {
  let others = 0;
  try {
    const { rows } = await presence.query<{ others: number }>(
      `SELECT count(*)::int AS others FROM pg_stat_activity
       WHERE application_name = $1 AND pid <> pg_backend_pid()`,
      [PRESENCE],
    );
    others = rows[0]!.others;
  } catch {
    return;
  } finally {
    await presence.end().catch(() => undefined);
  }
  if (others === 0) await server.stop();
}

/** A server that a killed program left may still be starting or stopping: wait for it. */
async function connectToRunning(server: EmbeddedServer): Promise<pg.Client | undefined> {
  const giveUpAt = performance.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const running = await tryConnect(await server.url());
    if (running || !(await server.isRunning()) || performance.now() > giveUpAt) return running;
    await wait(100);
  }
}

async function tryConnect(url: string | undefined): Promise<pg.Client | undefined> {
  if (url === undefined) return undefined;
  try {
    return await connect(url, PRESENCE);
  } catch {
    return undefined;
  }
}

async function connect(url: string, name: string): Promise<pg.Client> {
  let client: pg.Client | undefined;
  try {
    client = new TolerantClient({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: 5_000,
    });
    await client.connect();
    return client;
  } catch (cause) {
    await client?.end().catch(() => undefined);
    const { hostname, port, pathname } = new URL(url);
    const reason = cause instanceof AggregateError ? cause.errors.map(reasonOf).join('; ') : reasonOf(cause);
    throw new DatabaseUnavailableError(
      `The database at ${hostname}:${port || 5432}${pathname} cannot be reached: ${reason}. Check DATABASE_URL.`,
      { cause },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function alone<T>(home: string, work: () => Promise<T>): Promise<T> {
  const release = await lock(home, {
    lockfilePath: join(home, 'postgres.lock'),
    stale: LOCK_STALE_MS,
    // A machine that slept may lose the lock. PostgreSQL itself never runs two servers on the same data.
    onCompromised: () => undefined,
    retries: { retries: 1_000, minTimeout: 50, maxTimeout: 200 },
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
