import { resolve } from 'node:path';
import { verifyReportSet, type Verification } from '../report/verify.js';
import { verifyStatementSet } from '../statement/verify-statement-set.js';
import { NOT_BALANCED } from './exit-code.js';

/** `verify`: whether a report set, or a statement set, is still as it was written. */
export async function verifyCommand(folder: string): Promise<number> {
  const statement = await verifyStatementSet(resolve(folder));
  const { files, others, differences, notes } =
    statement ?? withPlace(await verifyReportSet(resolve(folder)));
  if (others.length > 0) console.log(`not part of the set, not compared: ${others.join(', ')}`);
  if (differences.length === 0) {
    console.log(`${folder} is as it was written: ${files.join(', ')}`);
    for (const note of notes) console.log(note);
    return 0;
  }
  for (const difference of differences) console.log(difference);
  return NOT_BALANCED;
}

/** Says whether the set's place in the chain of manifests was verified. */
function withPlace({ neighbours, redacted, ...verification }: Verification) {
  const note =
    neighbours.length === 0
      ? 'its position in the chain was not verified: the set of an adjacent date is not in the folder'
      : `its manifest goes with ${neighbours.length === 1 ? 'that' : 'those'} of ${neighbours.join(' and ')}`;
  const notes =
    redacted === 0
      ? [note]
      : [
          `${redacted === 1 ? '1 row was' : `${redacted} rows were`} redacted after it was issued, by its own word: reconcile report --date compares it with the database`,
          note,
        ];
  return { ...verification, notes };
}
