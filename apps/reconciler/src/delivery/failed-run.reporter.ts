import { Logger, type INestApplicationContext } from '@nestjs/common';
import { explain, type Configuration } from 'app-runtime';
import { ReconciliationService } from '../reconciliation.service.js';
import { DeliveryService } from './delivery.service.js';
import { failedRun, isFailedRun, reportWithoutDatabase } from './failed-run.js';

/** What failed. */
interface Failure {
  error: unknown;
  /** Of which accounts. */
  accounts: readonly string[];
  /** The date that was asked for. @default the one that is due */
  date?: string;
  signal: AbortSignal;
}

/**
 * Reports a run that could not be done: stored and delivered like a report, or sent at once when the database does not
 * respond. Never throws.
 * @param app undefined while it could not be opened
 */
export async function reportFailedRun(
  app: INestApplicationContext | undefined,
  configuration: Configuration,
  { error, accounts, date, signal }: Failure,
): Promise<void> {
  if (!isFailedRun(error)) return;
  const logger = new Logger('Delivery');
  try {
    if (app) return await store(app, { error, accounts, date });
  } catch (cause) {
    logger.debug(`the failure could not be stored: ${explain(cause)}`);
  }
  const failed = await reportWithoutDatabase(configuration, {
    accounts,
    date,
    now: new Date(),
    error,
    signal,
  });
  for (const line of failed) logger.warn(`${line} (not stored: the next run reports it again)`);
}

async function store(
  app: INestApplicationContext,
  { error, accounts, date }: Omit<Failure, 'signal'>,
): Promise<void> {
  for (const account of accounts) {
    const failed = await app.get(ReconciliationService).firstUnsealed(account, date);
    if (failed !== null) await app.get(DeliveryService).storeFailed(failedRun(account, failed, error));
  }
}
