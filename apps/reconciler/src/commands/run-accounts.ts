import { Logger, type INestApplicationContext } from '@nestjs/common';
import { KeyRefusedError } from '../poll/key-refused.error.js';
import { ReconciliationService, type RunRequest } from '../reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import type { SlotResult } from '../slot/slot-result.js';
import { exitCodeOf, worstOf } from './exit-code.js';

/**
 * Runs what is due for every account, one after the other; one account's refused key says nothing about the others.
 * @returns the exit code
 */
export async function runAccounts(app: INestApplicationContext, request: RunRequest): Promise<number> {
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  const codes: number[] = [];
  const onResult = (result: SlotResult) => {
    codes.push(exitCodeOf(result));
    request.onResult(result);
  };
  for (const account of accounts) {
    try {
      await app.get(ReconciliationService).run(account, { ...request, onResult });
    } catch (error) {
      if (!(error instanceof KeyRefusedError)) throw error;
      new Logger('Reconciler').error(error.message);
      codes.push(1);
    }
  }
  return worstOf(codes);
}
