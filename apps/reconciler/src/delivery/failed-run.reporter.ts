import { randomUUID } from 'node:crypto';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { explain, type Configuration } from 'app-runtime';
import { ReconciliationService } from '../reconciliation.service.js';
import { addDays, businessDateOf } from '../slot/business-date.js';
import { newsOfFailure } from './content.js';
import { DeliveryService } from './delivery.service.js';
import { failedRun, isFailedRun } from './failed-run.js';
import { send } from './targets/send.js';
import { targetsFor } from './wanted.js';

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
  failure: Failure,
): Promise<void> {
  if (!isFailedRun(failure.error)) return;
  const logger = new Logger('Delivery');
  try {
    if (app) return await store(app, failure);
  } catch (cause) {
    logger.debug(`the failure could not be stored: ${explain(cause)}`);
  }
  const failed = await sendAtOnce(configuration, failure);
  for (const line of failed) logger.warn(`${line} (not stored: the next run reports it again)`);
}

async function store(app: INestApplicationContext, { error, accounts, date }: Failure): Promise<void> {
  for (const account of accounts) {
    const failed = await app.get(ReconciliationService).firstUnsealed(account, date);
    if (failed !== null)
      await app.get(DeliveryService).store(newsOfFailure(failedRun(account, failed, error)));
  }
}

/**
 * Nothing can be stored, so nothing is remembered: one attempt per target, at every such run.
 * @returns targets that were not reached, with the reason
 */
async function sendAtOnce(
  { reportDelivery, reportTimezone, reportLanguage: language }: Configuration,
  { error, accounts, date, signal }: Failure,
): Promise<string[]> {
  const today = businessDateOf(new Date(), reportTimezone);
  const failedDate = date ?? addDays(today, -1);
  if (failedDate >= today) return [];
  const attempts = accounts.flatMap((account) => {
    const news = newsOfFailure(failedRun(account, failedDate, error));
    return targetsFor(reportDelivery, news).map(async (target) => {
      const message = { id: randomUUID(), content: news.content, language, addresses: null, signal };
      const sent = await send(target, message);
      return sent.ok ? null : `${account} ${failedDate} to ${target.name}: ${sent.error}`;
    });
  });
  return (await Promise.all(attempts)).filter((failed) => failed !== null);
}
