import type { Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { ReconciliationService, type DatesRequest, type Plan } from '../reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { formatTime } from '../slot/business-date.js';
import { withJsonResult } from './json-result.js';

const SHOWN = 20;

/** `plan` and `run --dry-run`: what a run would do; polls no link and changes nothing. */
export function planCommand(
  program: Program,
  { json = false, ...request }: DatesRequest & { json?: boolean },
): Promise<number> {
  const plans: Plan[] = [];
  return withJsonResult(program, { wanted: json, result: { plans } }, async () => {
    const configuration = readConfig();
    const app = await openReconciler(program, configuration, (message) => console.error(message), {
      recovery: false,
    });
    const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
    for (const account of accounts) {
      plans.push(await app.get(ReconciliationService).plan(account, request, SHOWN));
    }
    if (!json) console.log(plans.map((plan) => describe(plan, configuration.reportTimezone)).join('\n'));
    return 0;
  });
}

function describe({ account, dates, calls, minutes, order }: Plan, timezone: string): string {
  return [
    account,
    `  dates    ${dates.length === 0 ? 'none is due' : dates.join(', ')}`,
    `  polls    ${calls}`,
    `  minutes  ${minutes.toFixed(1)}`,
    ...(order.length === 0 ? [] : ['  order']),
    ...order.map(
      ({ externalId, status, expiresAt }) =>
        `    ${externalId.padEnd(32)}  ${status.padEnd(9)}  ${expiryOf(expiresAt, timezone)}`,
    ),
    ...(calls > order.length ? [`    and ${calls - order.length} more`] : []),
  ].join('\n');
}

function expiryOf(expiresAt: string | null, timezone: string): string {
  return expiresAt === null ? '' : `expires ${formatTime(new Date(expiresAt), timezone)} ${timezone}`;
}
