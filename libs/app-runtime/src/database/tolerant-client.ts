import pg from 'pg';

/**
 * A client whose lost connection fails its next statement and nothing else. `pg-pool` removes its own listener from a
 * client that it hands out, and the taker may not have added another yet: a session that PostgreSQL ends in that
 * moment would be an unhandled error event, which ends the process.
 */
export class TolerantClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
