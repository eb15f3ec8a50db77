import { openDatabase } from '../../libs/app-runtime/dist/index.js';

/** One embedded PostgreSQL for all suites, quick rather than durable; `TEST_DATABASE_URL` replaces it. */
export default async function globalSetup() {
  if (process.env.TEST_DATABASE_URL) return;
  const database = await openDatabase({
    folder: '.data/test',
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  process.env.TEST_DATABASE_URL = database.url;
  globalThis.testDatabase = database;
}
