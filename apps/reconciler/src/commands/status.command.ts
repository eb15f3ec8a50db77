import {
  hasColors,
  readLastSlots,
  readQueueState,
  type Coverage,
  type Program,
  type QueueState,
} from 'app-runtime';
import { DataSource } from 'typeorm';
import { readConfig } from '../config.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import { openReconciler } from '../open-reconciler.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { isOverdue } from '../slot/overdue.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { INCOMPLETE, NOT_BALANCED } from './exit-code.js';
import { withJsonResult } from './json-result.js';
import { table } from './table.js';

/** The state of one account, as `--json` prints it; null where no slot is finished. */
interface AccountStatus {
  account: string;
  lastFinished: string | null;
  overdue: boolean;
  coverage: Coverage | null;
  balanced: boolean | null;
  failures: number | null;
  undelivered: number;
}

/** `status`: whether the last slots are finished, complete, balanced and delivered; reads nothing at the provider. */
export function statusCommand(program: Program, { json = false }: { json?: boolean }): Promise<number> {
  const result: Record<string, unknown> = { accounts: [], oldestDeliverySeconds: null, deadLetters: null };
  return withJsonResult(program, { wanted: json, result }, async () => {
    const configuration = readConfig();
    const app = await openReconciler(program, configuration, (message) => console.error(message), {
      recovery: false,
    });
    const { accounts: names, report, sealAt } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
    const [dataSource, slots, deliveries] = [
      app.get(DataSource),
      app.get(SlotRepository),
      app.get(DeliveryService),
    ];
    const now = await slots.now();
    const last = new Map((await readLastSlots(dataSource, names)).map((slot) => [slot.account, slot]));
    const accounts: AccountStatus[] = [];
    for (const account of names) {
      const { date = null, coverage = null, balanced = null, failures = null } = last.get(account) ?? {};
      const so = await slots.soFar(account, report.timezone);
      accounts.push({
        account,
        lastFinished: date,
        overdue: isOverdue(so, now, { timezone: report.timezone, sealAt }),
        coverage,
        balanced,
        failures,
        undelivered: (await deliveries.undelivered(account)).length,
      });
    }
    const queues = await readQueueState(dataSource);
    Object.assign(result, { accounts, ...queues });
    if (!json) console.log(describe(accounts, queues));
    return exitCodeOf(accounts);
  });
}

/** What is wrong with an account, the worst first. */
function problemsOf({ balanced, overdue, coverage, undelivered }: AccountStatus): string[] {
  return [
    ...(balanced === false ? ['DOES NOT BALANCE'] : []),
    ...(overdue ? ['OVERDUE'] : []),
    ...((coverage?.unreachable ?? 0) > 0 ? ['INCOMPLETE'] : []),
    ...(undelivered > 0 ? ['UNDELIVERED'] : []),
  ];
}

function exitCodeOf(accounts: readonly AccountStatus[]): number {
  if (accounts.some(({ balanced }) => balanced === false)) return NOT_BALANCED;
  return accounts.some((account) => problemsOf(account).length > 0) ? INCOMPLETE : 0;
}

function describe(
  accounts: readonly AccountStatus[],
  { oldestDeliverySeconds, deadLetters }: QueueState,
): string {
  const rows = accounts.map((account) => {
    const problems = problemsOf(account);
    return [
      account.account,
      account.lastFinished ?? 'none',
      account.coverage ? `${account.coverage.read} of ${account.coverage.open}` : '',
      account.failures ?? '',
      account.undelivered,
      coloured(problems.length === 0 ? 'good' : 'bad', problems.join(', ') || 'ok'),
    ];
  });
  const oldest =
    oldestDeliverySeconds === null ? 'none waits' : `the oldest waits ${Math.round(oldestDeliverySeconds)} s`;
  return [
    table(['account', 'last finished', 'links read', 'failures', 'undelivered', 'state'], rows),
    '',
    `webhook deliveries: ${oldest}; dead letters: ${deadLetters}`,
  ].join('\n');
}

function coloured(tone: 'good' | 'bad', text: string): string {
  if (!hasColors(process.stdout)) return text;
  return `\u001B[${tone === 'good' ? 32 : 31}m${text}\u001B[39m`;
}
