import pg from 'pg';

/**
 * A client whose lost connection fails its next statement and nothing else. `pg-pool` removes its error listener
 * from a client that it checks out, and the caller may not have added another yet: if PostgreSQL ends the session
 * at that moment, the unhandled error event would end the process.
 */
export class TolerantClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
