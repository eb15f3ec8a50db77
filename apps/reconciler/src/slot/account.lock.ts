import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** One reconciliation per account at a time, over all programs. */
@Injectable()
export class AccountLock {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Waits for its turn, then works. The lock belongs to a connection of its own, which the database ends with its
   * program: a killed one holds up nobody.
   * @param work told whether somebody else had the lock before
   */
  async hold<T>(account: string, work: (waited: boolean) => Promise<T>, onWait: () => void): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const parameters = ['payout_link_reconciliation', account];
    try {
      const [answer] = (await runner.query(
        'SELECT pg_try_advisory_lock(hashtext($1), hashtext($2)) AS got',
        parameters,
      )) as [{ got: boolean }];
      const waited = !answer.got;
      if (waited) {
        onWait();
        await runner.query('SELECT pg_advisory_lock(hashtext($1), hashtext($2))', parameters);
      }
      try {
        return await work(waited);
      } finally {
        await runner.query('SELECT pg_advisory_unlock(hashtext($1), hashtext($2))', parameters);
      }
    } finally {
      await runner.release();
    }
  }
}
