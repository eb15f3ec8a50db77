import { openDatabase, type Program } from 'app-runtime';
import { DataSource } from 'typeorm';
import { readConfig } from '../config.js';
import { checkInvariants } from '../invariants/check-invariants.js';
import { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { NOT_BALANCED } from './exit-code.js';

const SHOWN = 10;

/** `invariants`: whether every row of the database obeys the rules; reads the database only. */
export async function invariantsCommand(program: Program): Promise<number> {
  const say = (message: string) => console.error(message);
  const database = program.own(await openDatabase({ url: readConfig().databaseUrl, log: say }));
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [ReconciliationRun],
  }).initialize();
  program.own({ close: () => dataSource.destroy() });
  let broken = 0;
  for await (const rule of checkInvariants(dataSource)) {
    if (rule.broken.length === 0) {
      console.log(`holds    ${rule.name}`);
      continue;
    }
    broken += 1;
    console.log(`BROKEN   ${rule.name}`);
    for (const what of rule.broken.slice(0, SHOWN)) console.log(`           ${what}`);
    if (rule.broken.length > SHOWN) console.log(`           and ${rule.broken.length - SHOWN} more`);
  }
  console.log(broken === 0 ? 'every rule holds' : `${broken} rules are broken`);
  return broken === 0 ? 0 : NOT_BALANCED;
}
