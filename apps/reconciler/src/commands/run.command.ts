import type { Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { openReconciler } from '../open-reconciler.js';
import { KeyRefusedError } from '../poll/key-refused.error.js';
import { openProgress } from '../progress/progress.js';
import { ReconciliationService } from '../reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import type { SlotResult } from '../slot/slot-result.js';
import { exitCodeOf, worstOf } from './exit-code.js';

export interface RunArguments {
  date?: string;
  json?: boolean;
  progress: boolean;
}

/** `run`: reads every open link and writes the report sets that are due. */
export async function runCommand(
  program: Program,
  { date, json = false, progress }: RunArguments,
): Promise<number> {
  const bar = openProgress({ wanted: progress });
  const app = await openReconciler(program, readConfig(), (message) => bar.say(message));
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  const runs: SlotResult[] = [];
  const codes = [];
  for (const account of accounts) {
    try {
      const results = await app
        .get(ReconciliationService)
        .run(account, { date, progress: bar, signal: program.signal });
      runs.push(...results);
      codes.push(...results.map(exitCodeOf));
    } catch (error) {
      // One account's key says nothing about the others'.
      if (!(error instanceof KeyRefusedError)) throw error;
      console.error(error.message);
      codes.push(1);
    }
  }
  const exitCode = worstOf(codes);
  if (json) console.log(JSON.stringify({ runs, exitCode }));
  else console.log(runs.length === 0 ? NOTHING_DUE : runs.map(describe).join('\n'));
  return exitCode;
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
    ...(coverage.unreachable > 0 ? [`  no answer      ${coverage.unreachableLinks.join(', ')}`] : []),
    ...(coverage.unconfirmed > 0 ? [`  unconfirmed    ${coverage.unconfirmed}`] : []),
    `  failures       ${failures}`,
    `  discrepancies  ${discrepancies}`,
    `  totals         ${footed ? 'foot' : 'DO NOT FOOT: see roll-forward.csv'}`,
    `  report         ${reportSet}`,
  ].join('\n');
}
