import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { RunTakenOverError } from './run-taken-over.error.js';

/** The database frees the lock of a machine that is gone without a word within a minute; by default after two hours. */
const KEEP_ALIVE = `SELECT set_config('tcp_keepalives_idle', '30', false),
  set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)`;
const POLL_EVERY_MS = 2_000;
const TRY_EVERY_MS = 250;

/** The held lock of an account. */
export interface Held {
  /** Another program held it before. */
  waited: boolean;
  /** Aborted when the connection that holds the lock is lost, so that another program may have it. */
  lost: AbortSignal;
}

/** What a lock is for: a statement may be matched while a run is under way. */
export type LockPurpose = 'payout_link_reconciliation' | 'payout_link_statement' | 'payout_link_create';

/** One reconciliation, one match, and one bulk create per account at a time, across all programs. */
@Injectable()
export class AccountLock {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Waits for the lock, until `signal` is aborted, then works. The lock belongs to a separate connection, which the database closes when the
   * program ends: a killed one blocks no other.
   */
  async hold<T>(
    account: string,
    work: (current: Held) => Promise<T>,
    onWait: () => void,
    { purpose = 'payout_link_reconciliation', signal }: { purpose?: LockPurpose; signal?: AbortSignal } = {},
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const parameters = [purpose, account];
    try {
      await runner.query(KEEP_ALIVE);
      let waited = false;
      while (!(await tryLock(runner, parameters))) {
        if (!waited) onWait();
        waited = true;
        // Not a statement that waits: nothing could interrupt it.
        await wait(TRY_EVERY_MS, undefined, { signal });
      }
      const watch = watchOver(runner, account);
      try {
        return await work({ waited, lost: watch.lost });
      } finally {
        watch.end();
        // The lock was released with its connection; the result of the work stays.
        await runner
          .query('SELECT pg_advisory_unlock(hashtext($1), hashtext($2))', parameters)
          .catch(() => undefined);
      }
    } finally {
      await runner.release();
    }
  }
}

async function tryLock(runner: QueryRunner, parameters: readonly string[]): Promise<boolean> {
  const [response] = (await runner.query('SELECT pg_try_advisory_lock(hashtext($1), hashtext($2)) AS got', [
    ...parameters,
  ])) as [{ got: boolean }];
  return response.got;
}

function watchOver(runner: QueryRunner, account: string): { lost: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    runner
      .query('SELECT 1')
      .catch((cause: unknown) => controller.abort(new RunTakenOverError(account, { cause })));
  }, POLL_EVERY_MS);
  timer.unref();
  return { lost: controller.signal, end: () => clearInterval(timer) };
}
