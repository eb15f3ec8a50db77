import { ExitCode, type Program } from 'app-runtime';
import { DEFAULT_ACCOUNT } from 'nestjs-payout-links';
import { readConfig } from '../config.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import { openReconciler } from '../open-reconciler.js';
import { openProgress } from '../progress/progress.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { MATCH_RESULTS } from '../statement/match.js';
import { MatchService } from '../statement/match.service.js';
import type { StatementKind } from '../statement/statement-line.js';
import type { MatchOutcome } from '../statement/statement.files.js';
import { deliverFresh } from './deliver-fresh.js';
import { INCOMPLETE, NOT_BALANCED, worstOf } from './exit-code.js';
import { withJsonResult } from './json-result.js';

export interface MatchArguments {
  from: string;
  to: string;
  account?: string;
  fetch?: boolean;
  kind?: StatementKind;
  references?: string[];
  edgeHours: number;
  read: boolean;
  json?: boolean;
  progress: boolean;
}

/** `match`: compares a period's payments with the provider's statement and writes the statement set. */
export function matchCommand(
  program: Program,
  files: readonly string[],
  { from, to, account = DEFAULT_ACCOUNT, fetch, kind = 'transactions', ...given }: MatchArguments,
): Promise<number> {
  const { references = null, edgeHours, read, json = false, progress } = given;
  const result: Record<string, unknown> = { account, from, to, ...NOT_MATCHED };
  return withJsonResult(program, { wanted: json, result }, async () => {
    const bar = openProgress({ wanted: progress });
    const configuration = readConfig();
    const app = await openReconciler(program, configuration, (message) => bar.say(message), {
      recovery: false,
    });
    const outcome = await app.get(MatchService).match({
      account,
      from,
      to,
      statements: fetch ? { fetch: kind } : { files },
      references,
      edgeHours,
      reads: read,
      progress: bar,
      signal: program.signal,
    });
    const { findings, unread: _unread, statements: _, ...printed } = outcome;
    Object.assign(result, printed);
    if (!json) console.log(describe(outcome));
    const exitCode = exitCodeOf(outcome);
    // A period that is not over is delivered to no one.
    if (await app.get(SlotRepository).isOver(to, configuration.reportTimezone)) {
      const content = { type: 'statement', outcome: { ...printed, exitCode }, findings } as const;
      await app.get(DeliveryService).store({ account, period: `${from}_${to}`, event: 'STATEMENT', content });
    }
    return worstOf([exitCode, await deliverFresh(app, program.signal)]);
  });
}

function exitCodeOf({ findings, balanced, unread }: MatchOutcome): number {
  if (findings > 0 || !balanced) return NOT_BALANCED;
  return unread > 0 ? INCOMPLETE : ExitCode.DONE;
}

/** What the object of a match holds when there is none. */
const NOT_MATCHED = { reportSet: null, results: null, fees: null, vat: null, balanced: null };

const count = new Intl.NumberFormat('en-GB');

function verdictOf({
  results,
  findings,
  balanced,
}: Pick<MatchOutcome, 'results' | 'findings' | 'balanced'>): string {
  if (!balanced) return 'DOES NOT BALANCE: do not rely on it';
  if (findings > 0) return `${findings} to act on: see match.html`;
  const isEmpty = MATCH_RESULTS.every((result) => results[result].count === 0);
  return isEmpty
    ? 'nothing to compare: neither side has a payment in this period'
    : 'the books agree with the statement';
}

function describe({ account, from, to, results, findings, balanced, ...outcome }: MatchOutcome): string {
  const line = (name: string, rows: string, amount: string) =>
    `  ${name.padEnd(24)}${rows.padStart(8)}  ${amount}`.trimEnd();
  const money = (amount: string) => `IDR ${count.format(amount as Intl.StringNumericLiteral)}`;
  return [
    `${account} ${from} to ${to}`,
    ...MATCH_RESULTS.map((result) =>
      line(result, count.format(results[result].count), money(results[result].amount)),
    ),
    line('fees', '', money(outcome.fees)),
    line('VAT', '', money(outcome.vat)),
    line('result', '', verdictOf({ results, findings, balanced })),
    line('report', '', outcome.reportSet),
  ].join('\n');
}
