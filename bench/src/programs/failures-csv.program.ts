import { writeCsv } from '../../../apps/reconciler/dist/report/csv.js';
import {
  failureColumns,
  FAILURES_SQL,
  type FailureRow,
} from '../../../apps/reconciler/dist/report/failures.report.js';
import { ReportRepository } from '../../../apps/reconciler/dist/report/report.repository.js';
import { ReconciliationRun } from '../../../apps/reconciler/dist/slot/reconciliation-run.entity.js';
import { slotParameters } from '../../../apps/reconciler/dist/report/slot-history.js';
import { serveCommands, settings } from './commands.js';
import { peakMemory } from './peak-memory.js';
import { reconcilerDatabase } from './reconciler-database.js';

const { databaseUrl, file } = settings() as { databaseUrl: string; file: string };
const dataSource = await reconcilerDatabase(databaseUrl);

serveCommands({
  write: async () => {
    const [run] = await dataSource.getRepository(ReconciliationRun).find();
    const startedAt = performance.now();
    const failures = new ReportRepository(dataSource).stream<FailureRow>(
      FAILURES_SQL,
      slotParameters(run!, null),
    );
    await writeCsv(file, failureColumns(run!), failures, {
      delimiter: ',',
      money: ({ currency, status, amount }) => ({ currency, status, amount: BigInt(amount) }),
    });
    return { seconds: (performance.now() - startedAt) / 1_000, peakBytes: peakMemory() };
  },
});
