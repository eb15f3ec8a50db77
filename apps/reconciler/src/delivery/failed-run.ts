import { maskEmails } from 'nestjs-payout-links/unstable';
import { exitCodeOf, ExitCode } from 'app-runtime';
import type { FailedRun } from './content.js';

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
