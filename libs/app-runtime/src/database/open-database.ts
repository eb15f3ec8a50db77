import { join } from 'node:path';
import pg from 'pg';
import { lock } from 'proper-lockfile';
import { DatabaseUnavailableError } from './database.error.js';
import { EmbeddedServer } from './embedded-server.js';
import { findPlace } from './place.js';

const PRESENCE = 'payout-links-presence';
const LOCK_STALE_MS = 5_000;

/** A database that answers. */
export interface Database {
  readonly url: string;
  /** Leaves it; the last to leave the embedded one stops it. */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A database of the user's own; left out, the embedded one. */
  url?: string;
  /** Where the embedded one lives; default `.data`. */
  folder?: string;
  /** Settings of the embedded server for whoever starts it. */
  settings?: Readonly<Record<string, string>>;
  /** Told what takes time. */
  log?: (message: string) => void;
}

/**
 * Opens the database that `url` names, else the embedded PostgreSQL of a folder: the first program starts it, the next
 * ones connect, the last to leave stops it. What a killed program left behind is cleared away.
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
  const place = await findPlace(folder);
  const server = new EmbeddedServer(place);
  const presence = await alone(place.home, async () => {
    const running = await tryConnect(await server.url());
    if (running) return running;
    log('starting the embedded database');
    await server.create();
    await server.start(settings);
    return connect((await server.url())!, PRESENCE);
  });
  // A server that is stopped by force ends the connection; whoever uses the database notices soon enough.
  presence.on('error', () => undefined);
  return {
    url: (await server.url())!,
    close: () => alone(place.home, () => leave(server, presence)),
  };
}

/** Each open database is a connection with a name, which the system ends with its program, however that dies. */
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

async function tryConnect(url: string | undefined): Promise<pg.Client | undefined> {
  if (url === undefined) return undefined;
  try {
    return await connect(url, PRESENCE);
  } catch {
    return undefined;
  }
}

async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 5_000,
  });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
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
    retries: { retries: 1_000, minTimeout: 50, maxTimeout: 200 },
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
