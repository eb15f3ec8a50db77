import { ExitCode, type Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { BadDeliveryError } from '../delivery/bad-delivery.error.js';
import { newsOfSlot } from '../delivery/content.js';
import type { Pending } from '../delivery/delivery.repository.js';
import { DeliveryService, type Tried } from '../delivery/delivery.service.js';
import { openReconciler } from '../open-reconciler.js';
import { requireAccount } from '../require-account.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { ReportService } from '../report/report.service.js';
import { NoSuchSlotError } from '../slot/no-such-slot.error.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { INCOMPLETE } from './exit-code.js';
import { table } from './table.js';

export interface DeliverArguments {
  account?: string;
  date?: string;
}

/** `deliver`: tries what is undelivered; with a date, sends that slot again, as new deliveries. */
export async function deliverCommand(program: Program, { account, date }: DeliverArguments): Promise<number> {
  const configuration = readConfig();
  if (configuration.reportDelivery.length === 0)
    throw new BadDeliveryError('REPORT_DELIVERY names no target: set it to deliver reports');
  const app = await openReconciler(program, configuration, (message) => console.error(message), {
    recovery: false,
  });
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  if (account !== undefined) requireAccount(account, accounts);
  const deliveries = app.get(DeliveryService);
  const storeAgain = async (run: ReconciliationRun) =>
    deliveries.storeAgain(newsOfSlot(run, run.result!, await app.get(ReportService).digest(run)));
  const pending: Pending[] = [];
  if (date === undefined) {
    pending.push(...(await deliveries.undelivered(account ?? null)));
  } else {
    const runs = await slotsOf(app.get(SlotRepository), account === undefined ? accounts : [account], date);
    for (const run of runs) pending.push(...(await storeAgain(run)));
  }
  const tried = await deliveries.deliver(pending, program.signal);
  console.log(describe(tried, date));
  return tried.some(({ error }) => error !== null) ? INCOMPLETE : ExitCode.DONE;
}

/**
 * The finished slots of a date.
 * @throws NoSuchSlotError
 * @throws BadDeliveryError when the date was not over
 */
async function slotsOf(
  slots: SlotRepository,
  accounts: readonly string[],
  date: string,
): Promise<ReconciliationRun[]> {
  const found = await Promise.all(accounts.map((account) => slots.find(account, date)));
  const finished = found.filter((run): run is ReconciliationRun => run?.status === 'FINISHED');
  if (finished.length === 0) throw new NoSuchSlotError(date);
  const over = finished.filter(({ provisional }) => !provisional);
  if (over.length === 0)
    throw new BadDeliveryError(`${date} was not over when its report was written: run it again first`);
  return over;
}

function describe(tried: readonly Tried[], date: string | undefined): string {
  if (tried.length === 0)
    return date === undefined
      ? 'Everything is delivered.'
      : `No target of REPORT_DELIVERY takes the reports of ${date}.`;
  return table(
    ['account', 'report', 'target', 'result'],
    tried.map(({ account, what, target, error }) => [account, what, target, error ?? 'delivered']),
  );
}
