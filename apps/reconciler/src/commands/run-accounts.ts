import { Logger, type INestApplicationContext } from '@nestjs/common';
import { KeyRefusedError } from '../poll/key-refused.error.js';
import { ReconciliationService, type RunRequest } from '../reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import type { SlotResult } from '../slot/slot-result.js';
import { exitCodeOf, worstOf } from './exit-code.js';

/** Runs what is due for every account, one after the other; one account's refused key says nothing about the others. */
export async function runAccounts(
  app: INestApplicationContext,
  request: RunRequest,
): Promise<{ runs: SlotResult[]; exitCode: number }> {
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  const runs: SlotResult[] = [];
  const codes: number[] = [];
  for (const account of accounts) {
    try {
      const results = await app.get(ReconciliationService).run(account, request);
      runs.push(...results);
      codes.push(...results.map(exitCodeOf));
    } catch (error) {
      if (!(error instanceof KeyRefusedError)) throw error;
      new Logger('Reconciler').error(error.message);
      codes.push(1);
    }
  }
  return { runs, exitCode: worstOf(codes) };
}
