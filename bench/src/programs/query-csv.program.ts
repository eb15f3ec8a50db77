import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import { FAILURES_SQL } from '../../../apps/reconciler/dist/report/failures.report.js';
import { slotParameters } from '../../../apps/reconciler/dist/report/slot-history.js';
import { ReconciliationRun } from '../../../apps/reconciler/dist/slot/reconciliation-run.entity.js';
import { serveCommands, settings } from './commands.js';
import { peakMemory } from './peak-memory.js';
import { reconcilerDatabase } from './reconciler-database.js';

const { databaseUrl, file } = settings() as { databaseUrl: string; file: string };
const dataSource = await reconcilerDatabase(databaseUrl);
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();

serveCommands({
  /** The columns of the report's own query as they are: no advice, no local times, no sums. */
  write: async () => {
    const [run] = await dataSource.getRepository(ReconciliationRun).find();
    const startedAt = performance.now();
    await client.query('SET jit = off');
    const rows = client.query(new QueryStream(FAILURES_SQL, slotParameters(run!, null)));
    await pipeline(rows, stringify({ header: true }), createWriteStream(file, { flags: 'wx', flush: true }));
    return { seconds: (performance.now() - startedAt) / 1_000, peakBytes: peakMemory() };
  },
});
