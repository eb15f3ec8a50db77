import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const PROBE_MS = 2_000;

/** The driver's error for a connection that does not respond. */
function tooSlow(): Error {
  return Object.assign(new Error(`the database did not respond within ${PROBE_MS} ms`), {
    code: 'ETIMEDOUT',
  });
}

/** Checks whether the database responds. */
@Injectable()
export class DatabaseProbe {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws when it does not respond within two seconds */
  async query(): Promise<void> {
    const response = this.dataSource.query('SELECT 1');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, give) => {
      timer = setTimeout(() => give(tooSlow()), PROBE_MS);
    });
    try {
      await Promise.race([response, late]);
    } finally {
      clearTimeout(timer);
      // A late response must not become an unhandled rejection.
      response.catch(() => undefined);
    }
  }
}
