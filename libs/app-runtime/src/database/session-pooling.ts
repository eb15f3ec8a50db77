import { ConfigurationError } from '../environment/configuration.error.js';
import { TolerantClient } from './tolerant-client.js';

const QUERIES = 5;
/** A pooler in session mode may have no second session free. */
const TIMEOUT_MS = 5_000;

/**
 * Refuses an address that shares sessions: behind a connection pooler in transaction mode, advisory locks and
 * LISTEN do not work, and a lock would stay on a pooled session.
 * @param variable the environment variable that holds the address
 * @throws ConfigurationError
 */
export async function requireOwnSessions(variable: string, url: string): Promise<void> {
  if (!(await sharesSessions(url))) return;
  throw new ConfigurationError([
    `${variable} leads to a connection pooler in transaction mode, such as PgBouncer: the reconciler needs sessions` +
      ' of its own for its locks and its queue. Use the address of the database itself, or of a pool in session mode',
  ]);
}

/** Whether two sessions serve one connection, or one session serves two open connections. */
async function sharesSessions(url: string): Promise<boolean> {
  const first = connection(url);
  const second = connection(url);
  try {
    await first.connect();
    // PostgreSQL reports the session's own number to a client; a pooler reports one of its own.
    if ((await pidOf(first)) === (first as unknown as { processID: number }).processID) return false;
    await second.connect();
    const [ofFirst, ofSecond] = [new Set<number>(), new Set<number>()];
    for (let query = 0; query < QUERIES; query += 1) {
      // Twice each: a pooler that assigns sessions in turn uses another one for the second query.
      for (const _ of [1, 2]) ofFirst.add(await pidOf(first));
      for (const _ of [1, 2]) ofSecond.add(await pidOf(second));
    }
    return ofFirst.size > 1 || ofSecond.size > 1 || [...ofFirst].some((pid) => ofSecond.has(pid));
  } catch {
    // An unreachable address is reported by its first user; one without a second free session is not shared.
    return false;
  } finally {
    await Promise.all([first, second].map((client) => client.end().catch(() => undefined)));
  }
}

function connection(url: string): TolerantClient {
  return new TolerantClient({
    connectionString: url,
    application_name: 'payout-links',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
}

async function pidOf(client: TolerantClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}
