import { formatTime } from '../slot/business-date.js';
import { REPEAT_DAYS, type RecentLink } from './bulk.repository.js';
import type { PayoutRow } from './payout-file.js';

const SHOWN = 20;

/** A row of a file and a recent link to the same person with the same amount. */
export interface Repeat {
  row: PayoutRow;
  link: RecentLink;
}

/** One line for each repeat. The recipients are named by their rows: messages hold no e-mail addresses. */
export function describeRepeats(repeats: readonly Repeat[], timezone: string): string {
  const lines = repeats
    .slice(0, SHOWN)
    .map(
      ({ row, link }) =>
        `  row ${row.row}: the person and amount of ${link.externalId}, ${link.status}, created ${formatTime(link.createdAt, timezone)} (${timezone})`,
    );
  const more = repeats.length > SHOWN ? [`  and ${repeats.length - SHOWN} more`] : [];
  return [...lines, ...more].join('\n');
}

/** Rows repeat recent payouts, so nothing is sent: bad usage. */
export class RepeatedPayoutsError extends Error {
  readonly code = 'REPEATED_PAYOUTS';
  readonly exitCode = 2;

  constructor(repeats: readonly Repeat[], timezone: string) {
    super(
      `${repeats.length === 1 ? '1 row has' : `${repeats.length} rows have`} the person and amount of a payout link of the last ${REPEAT_DAYS} days, nothing was sent:\n` +
        `${describeRepeats(repeats, timezone)}\nIf they are to be paid again, give --repeat.`,
    );
    this.name = 'RepeatedPayoutsError';
  }
}
