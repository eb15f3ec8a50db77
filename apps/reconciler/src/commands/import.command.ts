import { resolve } from 'node:path';
import { ExitCode, type Program } from 'app-runtime';
import { DEFAULT_ACCOUNT } from 'nestjs-payout-links';
import { BulkImportService } from '../bulk/bulk-import.service.js';
import { readImportFile } from '../bulk/import-file.js';
import { readConfig } from '../config.js';
import { readGivenFile } from '../given-file/read-given-file.js';
import { requireWritable, resultFileOf } from '../given-file/result-file.js';
import { openReconciler } from '../open-reconciler.js';
import { openProgress } from '../progress/progress.js';
import { countsOf } from './counts.js';
import { INCOMPLETE } from './exit-code.js';

export interface ImportArguments {
  account?: string;
  dryRun?: boolean;
}

/** `import`: takes over payout links that were made elsewhere, from a CSV file with their ids. */
export async function importCommand(
  program: Program,
  given: string,
  { account = DEFAULT_ACCOUNT, dryRun = false }: ImportArguments,
): Promise<number> {
  const file = resolve(given);
  const rows = readImportFile(await readGivenFile(file, 'a CSV file with the column provider_id'));
  const progress = openProgress({ wanted: true });
  const say = (message: string) => progress.say(message);
  const app = await openReconciler(program, readConfig(), say, { recovery: !dryRun });
  const resultFile = resultFileOf(file);
  await requireWritable(resultFile);
  const { results, keyRefused } = await app.get(BulkImportService).import({
    account,
    rows,
    resultFile: dryRun ? null : resultFile,
    progress,
    signal: program.signal,
  });
  if (dryRun) console.log('what would be done:');
  console.log(countsOf(results));
  if (results.some(({ result }) => result === 'NOT_DONE'))
    console.log('some rows were not done: give the same file again, it continues');
  for (const { providerId, result, message } of results)
    if (message !== '') console.log(`  ${providerId}  ${result}  ${message}`);
  console.log(dryRun ? 'nothing was stored: --dry-run' : `result: ${resultFile}`);
  if (keyRefused) return ExitCode.COULD_NOT_RUN;
  const isSettled = results.every(({ result }) => result === 'IMPORTED' || result === 'KNOWN');
  return isSettled ? ExitCode.DONE : INCOMPLETE;
}
