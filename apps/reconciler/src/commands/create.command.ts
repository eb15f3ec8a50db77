import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ExitCode, type Program } from 'app-runtime';
import { DEFAULT_ACCOUNT } from 'nestjs-payout-links';
import { BulkCreateService } from '../bulk/bulk-create.service.js';
import type { CreateResult } from '../bulk/create.results.js';
import { readConfig } from '../config.js';
import { readGivenFile } from '../given-file/read-given-file.js';
import { requireWritable, resultFileOf } from '../given-file/result-file.js';
import { openReconciler } from '../open-reconciler.js';
import { openProgress } from '../progress/progress.js';
import { countsOf } from './counts.js';
import { INCOMPLETE } from './exit-code.js';

export interface CreateArguments {
  account?: string;
  dryRun?: boolean;
  yes?: boolean;
  repeat?: boolean;
}

/** `create`: pays from a CSV file, after all of it is checked and a person has agreed. */
export async function createCommand(
  program: Program,
  given: string,
  { account = DEFAULT_ACCOUNT, dryRun = false, yes = false, repeat = false }: CreateArguments,
): Promise<number> {
  const file = resolve(given);
  const bytes = await readGivenFile(file, 'a CSV file with the columns external_id, amount and email');
  const progress = openProgress({ wanted: true });
  const say = (message: string) => progress.say(message);
  const app = await openReconciler(program, readConfig(), say, { recovery: !dryRun });
  const resultFile = resultFileOf(file);
  await requireWritable(resultFile);
  let withoutConsent = false;
  let isEmpty = true;
  const { results, keyRefused } = await app.get(BulkCreateService).create({
    account,
    file,
    bytes,
    resultFile,
    dryRun,
    repeat,
    confirm: async (preview) => {
      isEmpty = false;
      console.log(preview);
      if (dryRun || yes) return true;
      const agreed = await agrees(program.signal);
      withoutConsent = agreed === null;
      return agreed ?? false;
    },
    progress,
    signal: program.signal,
  });
  if (withoutConsent) {
    console.error('Nothing was sent: there is no terminal to confirm on. Give --yes to send.');
    return ExitCode.BAD_USAGE;
  }
  if (results === null) {
    console.log(`nothing was sent${dryRun ? ': --dry-run' : isEmpty ? ': the file has no rows' : ''}`);
    return ExitCode.DONE;
  }
  console.log(countsOf(results));
  if (results.some(({ result }) => result === 'NOT_DONE'))
    console.log('some rows were not sent: give the same file again, it continues');
  console.log(`result: ${resultFile}`);
  if (keyRefused) return ExitCode.COULD_NOT_RUN;
  return results.some(({ result }) => UNSETTLED.includes(result)) ? INCOMPLETE : ExitCode.DONE;
}

/** Results that may change when the file is given again. */
const UNSETTLED: readonly CreateResult['result'][] = ['UNCONFIRMED', 'REJECTED', 'NOT_DONE'];

/** Asks on the terminal; null without one. */
async function agrees(signal: AbortSignal): Promise<boolean | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question('Send them? Type yes: ', { signal })).trim() === 'yes';
  } catch {
    // Ctrl-C, or the end of the input.
    return false;
  } finally {
    terminal.close();
  }
}
