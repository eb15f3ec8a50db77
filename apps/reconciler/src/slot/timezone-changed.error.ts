import type { ReconciliationRun } from './reconciliation-run.entity.js';

/** `REPORT_TIMEZONE` differs from that of the account's last slot, which would shift the limits of the next: bad usage. */
export class TimezoneChangedError extends Error {
  readonly code = 'TIMEZONE_CHANGED';
  readonly exitCode = 2;

  constructor({ account, businessDate, timezone }: ReconciliationRun, now: string) {
    super(
      `REPORT_TIMEZONE is ${now}, but the last slot of the account "${account}" (${businessDate}) is in ${timezone}.` +
        ` Set REPORT_TIMEZONE=${timezone}, or give \`run --timezone-changed\` once:` +
        ' the next slot then begins where the last one ended, and is longer or shorter than a day.',
    );
    this.name = 'TimezoneChangedError';
  }
}
