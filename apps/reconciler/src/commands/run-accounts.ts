import { Logger, type INestApplicationContext } from '@nestjs/common';
import { exitCodeOf, explain } from 'app-runtime';
import { withLogFields } from 'nestjs-payout-links/unstable';
import { ReconciliationService, type RunRequest } from '../reconciliation.service.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import type { SlotResult } from '../slot/slot-result.js';
import { exitCodeOfSlot, INCOMPLETE, worstOf } from './exit-code.js';

/**
 * Runs what is due for each account in turn; a failure of one account does not affect the others.
 * @param request `onFailure` is called for an account whose run ends with an error
 * @returns the exit code
 * @throws BadDateError or TimezoneChangedError before anything is done; the signal's reason when it is aborted
 */
export async function runAccounts(
  app: INestApplicationContext,
  { onFailure, ...request }: RunRequest & { onFailure: (account: string, error: unknown) => Promise<void> },
): Promise<number> {
  const { accounts } = app.get<ReconcilerOptions>(RECONCILER_OPTIONS);
  const reconciliation = app.get(ReconciliationService);
  const logger = new Logger('Reconciler');
  const codes: number[] = [];
  const onResult = (result: SlotResult, done: boolean) => {
    codes.push(exitCodeOfSlot(result));
    request.onResult(result, done);
  };
  for (const account of accounts) await reconciliation.check(account, request);
  for (const account of accounts) {
    try {
      const left = await withLogFields({ account }, () =>
        reconciliation.run(account, { ...request, onResult }),
      );
      if (left.length === 0) continue;
      logger.warn(`${account}: the time ran out before ${left.join(', ')}`);
      codes.push(INCOMPLETE);
    } catch (error) {
      request.signal.throwIfAborted();
      logger.error(`${account}: ${explain(error)}`);
      codes.push(exitCodeOf(error));
      await onFailure(account, error);
    }
  }
  return worstOf(codes);
}
