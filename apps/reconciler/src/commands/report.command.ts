import { ExitCode, type Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { ReconciliationService } from '../reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { ReportService } from '../report/report.service.js';
import { AccountLock } from '../slot/account.lock.js';
import { NoSuchSlotError } from '../slot/no-such-slot.error.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { NOT_BALANCED, worstOf } from './exit-code.js';

/** `report`: writes the report sets of a date again, from the database, with the slot's own settings. */
export async function reportCommand(program: Program, { date }: { date: string }): Promise<number> {
  const app = await openReconciler(program, readConfig(), (message) => console.error(message), {
    recovery: false,
  });
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  const codes: number[] = [];
  for (const account of accounts) {
    const write = async () => {
      const run = await app.get(SlotRepository).find(account, date);
      if (run?.status !== 'FINISHED') return;
      const { result, differs } = await app.get(ReportService).write(run);
      console.log(result.reportSet);
      if (differs)
        console.error(`${result.reportSet} differs from the set written when ${date} was finished`);
      codes.push(differs ? NOT_BALANCED : ExitCode.DONE);
    };
    const onWait = () => console.error(`${account}: a run is under way, waiting for it`);
    await app.get(AccountLock).hold(account, write, onWait, { signal: program.signal });
  }
  if (codes.length === 0) {
    const checks = accounts.map((account) => app.get(ReconciliationService).problemOf(account, date));
    throw new NoSuchSlotError(date, (await Promise.all(checks)).find((problem) => problem !== null) ?? null);
  }
  return worstOf(codes);
}
