import { ConfigurationError } from '../environment/configuration.error.js';
import { TolerantClient } from './tolerant-client.js';

const QUERIES = 5;
/** In session mode a pooler may have no second session to give. */
const TIMEOUT_MS = 5_000;

/**
 * Refuses an address where sessions are shared: behind a connection pooler in transaction mode, advisory locks and
 * LISTEN do not work, and a lock would be left behind on a session that nobody holds.
 * @param variable the environment variable that holds the address
 * @throws ConfigurationError
 */
export async function requireOwnSessions(variable: string, url: string): Promise<void> {
  if (!(await sharesSessions(url))) return;
  throw new ConfigurationError([
    `${variable} leads to a connection pooler in transaction mode, such as PgBouncer: the reconciler needs sessions` +
      ' of its own for its locks and its queue. Give the address of the database itself, or of a pool in session mode',
  ]);
}

/** Whether two connections, open at the same time, are ever served by the same session, or one by several. */
async function sharesSessions(url: string): Promise<boolean> {
  const clients = [connection(url), connection(url)];
  try {
    const pids = new Set<number>();
    for (const client of clients) await client.connect();
    // PostgreSQL itself tells a client the number of its session; a pooler tells one of its own.
    const [first] = clients;
    if ((await pidOf(first!)) === (first as unknown as { processID: number }).processID) return false;
    let queries = 0;
    for (; queries < QUERIES; queries += 1) for (const client of clients) pids.add(await pidOf(client));
    return pids.size !== clients.length;
  } catch (error) {
    if (error instanceof Error && error.message === 'Query read timeout') return false;
    throw error;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
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
