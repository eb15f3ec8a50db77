import { addDays, type BusinessDate } from './business-date.js';
import type { SlotsSoFar } from './due-dates.js';
import { sealTimeOf } from './seal-time.js';

const HOUR_MS = 3_600_000;

/**
 * Whether the next slot of an account should be finished by now: its sealing time has passed by an hour. Before the
 * first finished one, the next slot is the date of the oldest link.
 */
export function isOverdue(
  { lastFinished, firstLink }: Pick<SlotsSoFar, 'lastFinished' | 'firstLink'>,
  now: Date,
  { timezone, sealAt }: { timezone: string; sealAt: string },
): boolean {
  const next: BusinessDate | null = lastFinished === null ? firstLink : addDays(lastFinished, 1);
  return next !== null && now.getTime() > sealTimeOf(next, timezone, sealAt).getTime() + HOUR_MS;
}
