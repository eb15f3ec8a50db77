import type { Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { PollService } from '../poll/poll.service.js';
import { openProgress } from '../progress/progress.js';
import type { SlotResult } from '../slot/slot-result.js';
import { runAccounts } from './run-accounts.js';
import { withJsonResult } from './json-result.js';

export interface RunArguments {
  date?: string;
  maxMinutes?: number;
  dryRun?: boolean;
  json?: boolean;
  progress: boolean;
}

/** `run`: polls every open link and writes the report sets that are due; reports what was done before a failure too. */
export function runCommand(
  program: Program,
  { date, maxMinutes, json = false, progress }: RunArguments,
): Promise<number> {
  const runs: SlotResult[] = [];
  return withJsonResult(program, { wanted: json, result: { runs } }, async () => {
    const bar = openProgress({ wanted: progress });
    const app = await openReconciler(program, readConfig(), (message) => bar.say(message));
    await app.get(PollService).requireQueues();
    const exitCode = await runAccounts(app, {
      date,
      progress: bar,
      signal: program.signal,
      onResult: (result) => {
        runs.push(result);
        if (!json) console.log(describe(result));
      },
      until: performance.now() + (maxMinutes ?? Infinity) * 60_000,
    });
    if (!json && runs.length === 0 && exitCode === 0) console.log(NOTHING_DUE);
    return exitCode;
  });
}

const NOTHING_DUE = 'Nothing is due: no date is over yet. Give --date for a provisional report of today.';

function describe({
  account,
  date,
  provisional,
  coverage,
  failures,
  discrepancies,
  footed,
  reportSet,
}: SlotResult) {
  return [
    `${account} ${date}${provisional ? ' (provisional)' : ''}`,
    `  read           ${coverage.read} of ${coverage.open} open links`,
    ...(coverage.unreachable > 0 ? [`  no response    ${coverage.unreachableLinks.join(', ')}`] : []),
    ...(coverage.unconfirmed > 0 ? [`  unconfirmed    ${coverage.unconfirmed}`] : []),
    `  failures       ${failures}`,
    `  discrepancies  ${discrepancies}`,
    `  totals         ${footed ? 'balanced' : 'DO NOT BALANCE: see roll-forward.csv'}`,
    `  report         ${reportSet}`,
  ].join('\n');
}
