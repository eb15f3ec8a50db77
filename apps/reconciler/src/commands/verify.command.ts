import { resolve } from 'node:path';
import { verifyReportSet } from '../report/verify.js';
import { NOT_FOOTED } from './exit-code.js';

/** `verify`: whether a report set still is what was written. */
export async function verifyCommand(folder: string): Promise<number> {
  const { files, differences } = await verifyReportSet(resolve(folder));
  if (differences.length === 0) {
    console.log(`${folder} is as it was written: ${files.join(', ')}`);
    return 0;
  }
  for (const difference of differences) console.log(difference);
  return NOT_FOOTED;
}
