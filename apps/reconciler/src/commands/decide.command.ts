import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ExitCode, type Program } from 'app-runtime';
import { readConfig } from '../config.js';
import { DecidedSlots } from '../decide/decided-slots.js';
import { readDecidedFile, type DecidedRow } from '../decide/decided-file.js';
import { DecisionService, type DecisionResult } from '../decide/decision.service.js';
import { requireWritable, writeDecisionsResult } from '../decide/decisions-result.js';
import { NoSuchFileError } from '../decide/no-such-file.error.js';
import { openReconciler } from '../open-reconciler.js';
import { openProgress } from '../progress/progress.js';
import { INCOMPLETE } from './exit-code.js';

/** `decide`: carries out an accountant's decisions in a `failures.csv` and reports the result of each row. */
export async function decideCommand(
  program: Program,
  given: string,
  { dryRun = false }: { dryRun?: boolean },
): Promise<number> {
  const file = resolve(given);
  const filledIn = readDecidedFile(await read(file));
  const bar = openProgress({ wanted: true });
  const app = await openReconciler(program, readConfig(), (message) => bar.say(message), {
    recovery: !dryRun,
  });
  const { run, rows } = await app.get(DecidedSlots).find(dirname(file), filledIn);
  const decisions = app.get(DecisionService);
  const folder = dirname(file);
  if (!dryRun) await requireWritable(folder);

  const results: DecisionResult[] = [];
  bar.begin(`${run.account} ${run.businessDate}: decisions`, rows.length, 0);
  try {
    for (const row of rows) {
      program.signal.throwIfAborted();
      results.push(await decisions.carryOut(run, row, dryRun));
      bar.update(results.length);
    }
  } finally {
    bar.end();
    // What is done stays done; running the file again continues with the rest.
    results.push(...rows.slice(results.length).map(notReached));
    console.log(summaryOf(results));
    if (!dryRun) console.log(`result: ${await writeDecisionsResult(folder, results, run.csvDelimiter)}`);
  }
  if (results.some(({ keyRefused }) => keyRefused)) return ExitCode.COULD_NOT_RUN;
  return results.some(({ result }) => UNSETTLED.includes(result)) ? INCOMPLETE : ExitCode.DONE;
}

/** Results that may change when the file is run again. */
const UNSETTLED: readonly DecisionResult['result'][] = ['NOT_DONE', 'UNCONFIRMED'];

function notReached({ external_id, decision }: DecidedRow): DecisionResult {
  const message = 'not processed: run decide on this file again';
  return {
    externalId: external_id,
    decision: decision.trim(),
    result: 'NOT_DONE',
    message,
    replacedBy: null,
  };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new NoSuchFileError(file, { cause });
  }
}

/** How many rows had which result, then every row that required an action. */
function summaryOf(results: readonly DecisionResult[]): string {
  const counts = new Map<string, number>();
  for (const { result } of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  const acted = results.filter(({ result }) => result !== 'NO_DECISION');
  return [
    ...[...counts].map(([result, rows]) => `${result.padEnd(16)}  ${rows}`),
    ...acted.map(({ externalId, result, message, replacedBy }) =>
      [`  ${externalId}`, result, replacedBy ?? '', message].filter((part) => part !== '').join('  '),
    ),
  ].join('\n');
}
