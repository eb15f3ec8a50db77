import { randomUUID } from 'node:crypto';
import { maskEmails } from 'nestjs-payout-links/unstable';
import { exitCodeOf, ExitCode, type Configuration } from 'app-runtime';
import { addDays, businessDateOf } from '../slot/business-date.js';
import type { DeliveryContent, FailedRun } from './content.js';
import { targetsOfFailure } from './delivery.service.js';
import { send } from './targets/send.js';

/** Whether an error means that the run could not be done, which is news; bad usage and configuration are not. */
export function isFailedRun(error: unknown): boolean {
  return exitCodeOf(error) === ExitCode.COULD_NOT_RUN;
}

/** A failure as it is reported: the message of an error without a code may hold anything, so it stays in the log. */
export function failedRun(account: string, date: string, error: unknown): FailedRun {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isCoded = typeof code === 'string' && typeof message === 'string' && /^[A-Z]+(_[A-Z]+)+$/.test(code);
  return {
    account,
    date,
    code: isCoded ? code : 'UNEXPECTED_ERROR',
    message: isCoded ? maskEmails(message) : 'an unexpected error, which the log of the run describes',
  };
}

/**
 * Reports a run that failed while the database does not respond, so that nothing can be stored: one attempt per target,
 * at every such run.
 * @returns targets that were not reached, with the reason
 */
export async function reportWithoutDatabase(
  { reportDelivery, reportTimezone, reportLanguage }: Configuration,
  {
    accounts,
    date,
    now,
    error,
    signal,
  }: {
    accounts: readonly string[];
    date?: string;
    now: Date;
    error: unknown;
    signal: AbortSignal;
  },
): Promise<string[]> {
  const today = businessDateOf(now, reportTimezone);
  const failedDate = date ?? addDays(today, -1);
  if (failedDate >= today) return [];
  const attempts = accounts.flatMap((account) => {
    const run = failedRun(account, failedDate, error);
    const content: DeliveryContent = { type: 'failed', run };
    return targetsOfFailure(reportDelivery, run).map(async (target) => {
      const message = { id: randomUUID(), content, language: reportLanguage, addresses: null, signal };
      const sent = await send(target, message);
      return sent.ok ? null : `${account} ${failedDate} to ${target.name}: ${sent.error}`;
    });
  });
  return (await Promise.all(attempts)).filter((failed) => failed !== null);
}
