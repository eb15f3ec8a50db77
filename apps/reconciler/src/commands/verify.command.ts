import { resolve } from 'node:path';
import { verifyReportSet } from '../report/verify.js';
import { NOT_BALANCED } from './exit-code.js';

/** `verify`: whether a report set is still as it was written. */
export async function verifyCommand(folder: string): Promise<number> {
  const { files, others, neighbours, differences } = await verifyReportSet(resolve(folder));
  if (others.length > 0) console.log(`not part of the set, not compared: ${others.join(', ')}`);
  if (differences.length === 0) {
    console.log(`${folder} is as it was written: ${files.join(', ')}`);
    console.log(
      neighbours.length === 0
        ? 'its position in the chain was not verified: the set of an adjacent date is not in the folder'
        : `its manifest goes with ${neighbours.length === 1 ? 'that' : 'those'} of ${neighbours.join(' and ')}`,
    );
    return 0;
  }
  for (const difference of differences) console.log(difference);
  return NOT_BALANCED;
}
