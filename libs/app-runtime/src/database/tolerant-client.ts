import pg from 'pg';

/** A database that is gone without a word, such as one behind a dead network, is noticed within half a minute. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 20_000 };

/**
 * A client whose lost connection fails its next statement and nothing else. `pg-pool` removes its error listener
 * from a client that it checks out, and the caller may not have added another yet: if PostgreSQL ends the session
 * at that moment, the unhandled error event would end the process.
 */
export class TolerantClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super({ ...KEEP_ALIVE, ...(typeof config === 'string' ? { connectionString: config } : config) });
    this.on('error', () => undefined);
  }
}
