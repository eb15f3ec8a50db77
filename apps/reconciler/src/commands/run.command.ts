import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { Configuration, Program } from 'app-runtime';
import { DEFAULT_ACCOUNT } from 'nestjs-payout-links';
import { readConfig } from '../config.js';
import { reportFailedRun } from '../delivery/failed-run.reporter.js';
import { openReconciler } from '../open-reconciler.js';
import { PollService } from '../poll/poll.service.js';
import { openProgress } from '../progress/progress.js';
import { describeReasons, type SlotResult } from '../slot/slot-result.js';
import { deliverFresh } from './deliver-fresh.js';
import { worstOf } from './exit-code.js';
import { runAccounts } from './run-accounts.js';
import { withJsonResult } from './json-result.js';

export interface RunArguments {
  date?: string;
  maxMinutes?: number;
  seal?: boolean;
  supersede?: boolean;
  timezoneChanged?: boolean;
  dryRun?: boolean;
  json?: boolean;
  progress: boolean;
}

/** `run`: polls every open link and writes the report sets that are due; reports what was done before a failure too. */
export function runCommand(
  program: Program,
  { maxMinutes, json = false, progress, ...request }: RunArguments,
): Promise<number> {
  const runs: SlotResult[] = [];
  return withJsonResult(program, { wanted: json, result: { runs } }, async () => {
    const bar = openProgress({ wanted: progress });
    const logger = new Logger('Reconciler');
    const configuration = readConfig();
    const app = await openForRun(program, configuration, (message) => bar.say(message), request);
    const onFailure = (account: string, error: unknown) =>
      reportFailedRun(app, configuration, { ...request, error, accounts: [account], signal: program.signal });
    const exitCode = await runAccounts(app, {
      ...request,
      onFailure,
      progress: bar,
      signal: program.signal,
      onResult: (result, done) => {
        runs.push(result);
        if (!json) console.log(describe(result, done));
        if (done && result.incomplete) logger.warn(missingResponses(result));
      },
      until: performance.now() + (maxMinutes ?? Infinity) * 60_000,
    });
    if (!json && runs.length === 0 && exitCode === 0) console.log(NOTHING_DUE);
    return worstOf([exitCode, await deliverFresh(app, program.signal)]);
  });
}

/** A run that cannot even begin is reported too. */
async function openForRun(
  program: Program,
  configuration: Configuration,
  say: (message: string) => void,
  { date }: { date?: string },
): Promise<INestApplicationContext> {
  let app: INestApplicationContext | undefined;
  const accounts = [DEFAULT_ACCOUNT, ...Object.keys(configuration.accounts)];
  try {
    app = await openReconciler(program, configuration, say);
    await app.get(PollService).requireQueues();
    return app;
  } catch (error) {
    if (!program.signal.aborted) {
      await reportFailedRun(app, configuration, { error, accounts, date, signal: program.signal });
      if (app) await deliverFresh(app, program.signal);
    }
    throw error;
  }
}

/** Number of unread links that are printed. */
const SHOWN = 20;

const NOTHING_DUE = 'Nothing is due: no date is over yet. Give --date for a provisional report of today.';

/** One line for the log. */
function missingResponses({ account, date, coverage, provisional }: SlotResult): string {
  const next = provisional ? 'the slot stays open for them' : 'the slot is sealed without them';
  return `${account} ${date}: ${coverage.unreachable} open links had no usable response (${describeReasons(coverage)}); ${next}`;
}

function describe(result: SlotResult, done: boolean): string {
  const { account, date, incomplete, coverage, failures, discrepancies, footed, reportSet } = result;
  return [
    `${account} ${date}${stateOf(result)}${done ? '' : ' (finished before, nothing was read)'}`,
    `  read           ${coverage.read} of ${coverage.open} open links`,
    ...(incomplete
      ? [
          `  no response    ${coverage.unreachable}: ${describeReasons(coverage)}`,
          ...coverage.unreachableLinks.slice(0, SHOWN).map((externalId) => `                 ${externalId}`),
          ...(coverage.unreachable > SHOWN
            ? [`                 and ${coverage.unreachable - SHOWN} more, see manifest.json`]
            : []),
        ]
      : []),
    ...(coverage.unconfirmed > 0 ? [`  unconfirmed    ${coverage.unconfirmed}`] : []),
    `  failures       ${failures}`,
    `  discrepancies  ${discrepancies}`,
    `  totals         ${footed ? 'balanced' : 'DO NOT BALANCE: see roll-forward.csv'}`,
    `  report         ${reportSet}`,
  ].join('\n');
}

function stateOf({ provisional, incomplete }: SlotResult): string {
  if (!provisional) return '';
  return incomplete ? ' (provisional: some links are unread)' : ' (provisional)';
}
