import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseSilentError } from '../gate/database-away.js';

const PROBE_MS = 2_000;

/** Asks the database whether it is there. */
@Injectable()
export class DatabaseProbe {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws when it does not answer within two seconds */
  async ask(): Promise<void> {
    const answer = this.dataSource.query('SELECT 1');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, give) => {
      timer = setTimeout(() => give(new DatabaseSilentError(PROBE_MS)), PROBE_MS);
    });
    try {
      await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
      // An answer that comes too late is nobody's.
      answer.catch(() => undefined);
    }
  }
}
