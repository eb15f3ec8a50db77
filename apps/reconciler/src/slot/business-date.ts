import { DateTime } from 'luxon';

/** A day of the business, `YYYY-MM-DD`, in the time zone of the reports. */
export type BusinessDate = string;

/** The business date that a moment falls on. */
export function businessDateOf(at: Date, timezone: string): BusinessDate {
  return DateTime.fromJSDate(at, { zone: timezone }).toISODate()!;
}

/** The midnight at which a business date is over; the days on which clocks change are shorter or longer. */
export function endOfBusinessDate(date: BusinessDate, timezone: string): Date {
  return DateTime.fromISO(date, { zone: timezone }).plus({ days: 1 }).startOf('day').toJSDate();
}

/** The business date a number of days later. */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate()!;
}

/** Whether a text is a day of the calendar, written as `YYYY-MM-DD`. */
export function isBusinessDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

/** Whole days from one moment to another by the calendar of a time zone; never negative. */
export function wholeDays(from: Date, to: Date, timezone: string): number {
  const zone = { zone: timezone };
  const days = DateTime.fromJSDate(to, zone).diff(DateTime.fromJSDate(from, zone), 'days').days;
  return Math.max(0, Math.floor(days));
}

/** A moment as reports print it: `YYYY-MM-DD HH:MM:SS`; empty where there is none. */
export function formatTime(at: Date | null, timezone: string): string {
  return at === null ? '' : DateTime.fromJSDate(at, { zone: timezone }).toFormat('yyyy-MM-dd HH:mm:ss');
}
