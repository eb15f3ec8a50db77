import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { ExitCode, type Program } from 'app-runtime';
import { PayoutLinksService } from 'nestjs-payout-links';
import { balanceOf } from '../balance-of.js';
import { readConfig } from '../config.js';
import { DecidedSlots } from '../decide/decided-slots.js';
import { readDecidedFile, type DecidedRow } from '../decide/decided-file.js';
import { DecisionService, type DecisionResult } from '../decide/decision.service.js';
import { previewOf } from '../decide/preview.js';
import { writeResults } from '../decide/decision.results.js';
import { requireWritable, resultFileOf } from '../given-file/result-file.js';
import { readGivenFile } from '../given-file/read-given-file.js';
import { openReconciler } from '../open-reconciler.js';
import { openProgress } from '../progress/progress.js';
import { countsOf } from './counts.js';
import { INCOMPLETE } from './exit-code.js';

/** `decide`: carries out an accountant's decisions in a `failures.csv` or `report.xlsx` and reports the result of each row. */
export async function decideCommand(
  program: Program,
  given: string,
  { dryRun = false }: { dryRun?: boolean },
): Promise<number> {
  const file = resolve(given);
  const bytes = await readGivenFile(file, 'the failures.csv or report.xlsx that was filled in');
  const filledIn = await readDecidedFile(bytes);
  const bar = openProgress({ wanted: true });
  const app = await openReconciler(program, readConfig(), (message) => bar.say(message), {
    recovery: !dryRun,
  });
  const { run, rows, amounts } = await app.get(DecidedSlots).find(dirname(file), filledIn);
  const decisions = app.get(DecisionService);
  const resultFile = resultFileOf(file);
  await requireWritable(resultFile);
  const title = `${run.account} ${run.businessDate}: decisions in ${basename(file)}`;
  const balance = await balanceOf(app.get(PayoutLinksService), run.account);
  console.log(previewOf(title, rows, amounts, balance?.available ?? null));

  const from = { run, fileSha256: createHash('sha256').update(bytes).digest('hex'), dryRun };
  const results: DecisionResult[] = [];
  bar.begin(`${run.account} ${run.businessDate}: decisions`, rows.length, 0);
  try {
    for (const row of rows) {
      program.signal.throwIfAborted();
      results.push(await decisions.carryOut(from, row));
      bar.update(results.length);
    }
  } finally {
    bar.end();
    // What is done stays done; running the file again continues with the rest.
    results.push(...rows.slice(results.length).map(notReached));
    console.log(summaryOf(results));
    if (!dryRun) {
      await writeResults(resultFile, results, run.csvDelimiter);
      console.log(`result: ${resultFile}`);
    }
  }
  if (results.some(({ keyRefused }) => keyRefused)) return ExitCode.COULD_NOT_RUN;
  return results.some(({ result }) => UNSETTLED.includes(result)) ? INCOMPLETE : ExitCode.DONE;
}

/** Results that may change when the file is run again. */
const UNSETTLED: readonly DecisionResult['result'][] = ['NOT_DONE', 'UNCONFIRMED'];

function notReached({ external_id, decision, note }: DecidedRow): DecisionResult {
  const message = 'not processed: run decide on this file again';
  return {
    externalId: external_id,
    decision: decision.trim(),
    note: note.trim(),
    result: 'NOT_DONE',
    message,
    replacedBy: null,
  };
}

/** How many rows had which result, then every row that required an action. */
function summaryOf(results: readonly DecisionResult[]): string {
  const acted = results.filter(({ result }) => result !== 'NO_DECISION');
  return [
    countsOf(results),
    ...acted.map(({ externalId, result, message, replacedBy }) =>
      [`  ${externalId}`, result, replacedBy ?? '', message].filter((part) => part !== '').join('  '),
    ),
  ].join('\n');
}
