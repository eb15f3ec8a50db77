import type { DataSource } from 'typeorm';

/**
 * Runs pending migrations under an advisory lock: TypeORM takes none, and two programs that start together on a
 * new database would collide.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query("SELECT pg_advisory_xact_lock(hashtext('payout_link_migrations'))");
    await dataSource.runMigrations({ transaction: 'each' });
    await runner.commitTransaction();
  } finally {
    // On a lost connection it fails too, and would hide why.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
