import { resolve } from 'node:path';
import { verifyReportSet } from '../report/verify.js';
import { NOT_BALANCED } from './exit-code.js';

/** `verify`: whether a report set still is what was written. */
export async function verifyCommand(folder: string): Promise<number> {
  const { files, neighbours, differences } = await verifyReportSet(resolve(folder));
  if (differences.length === 0) {
    console.log(`${folder} is as it was written: ${files.join(', ')}`);
    console.log(
      neighbours.length === 0
        ? 'its place in the chain was not looked at: no set of a date next to it lies beside it'
        : `its manifest goes with ${neighbours.length === 1 ? 'that' : 'those'} of ${neighbours.join(' and ')}`,
    );
    return 0;
  }
  for (const difference of differences) console.log(difference);
  return NOT_BALANCED;
}
