import { DateTime } from 'luxon';
import { zoneOffsetMs } from './zone-offset.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_KEPT = 50_000;
const minutes = new Map<number, string>();
/** Dates that print with a four-digit year. */
const [FIRST_YEAR, LAST_YEAR] = [Date.UTC(1973, 0, 1), Date.UTC(9999, 0, 1)];

/** A business date, `YYYY-MM-DD`, in the time zone of the reports. */
export type BusinessDate = string;

/** The business date of a time. */
export function businessDateOf(at: Date, timezone: string): BusinessDate {
  return DateTime.fromJSDate(at, { zone: timezone }).toISODate()!;
}

/** The midnight at the end of a business date; days on which clocks change are shorter or longer. */
export function endOfBusinessDate(date: BusinessDate, timezone: string): Date {
  return DateTime.fromISO(date, { zone: timezone }).plus({ days: 1 }).startOf('day').toJSDate();
}

/** The business date a number of days later. */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate()!;
}

/** Whether a text is a valid date `YYYY-MM-DD`. */
export function isBusinessDate(text: string): boolean {
  return /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

/** Whole days from one time to another by the calendar of a time zone; never negative. */
export function wholeDays(from: Date, to: Date, timezone: string): number {
  if (clocksStandStill(to, timezone)) {
    const days = (localMs(to, timezone) - localMs(from, timezone)) / DAY_MS;
    return Math.max(0, Math.floor(days));
  }
  const zone = { zone: timezone };
  const days = DateTime.fromJSDate(to, zone).diff(DateTime.fromJSDate(from, zone), 'days').days;
  return Math.max(0, Math.floor(days));
}

/** A time as reports print it, `YYYY-MM-DD HH:MM:SS`; empty for null. */
export function formatTime(at: Date | null, timezone: string): string {
  if (at === null) return '';
  const local = localMs(at, timezone);
  if (local >= FIRST_YEAR && local < LAST_YEAR) {
    const seconds = Math.floor(local / 1_000) % 60;
    return minuteText(Math.floor(local / MINUTE_MS)) + (seconds < 10 ? `0${seconds}` : seconds);
  }
  return DateTime.fromJSDate(at, { zone: timezone }).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** The text of a local minute, `YYYY-MM-DD HH:MM:`; the times of a report are of few minutes. */
function minuteText(minute: number): string {
  let text = minutes.get(minute);
  if (text === undefined) {
    if (minutes.size >= MINUTES_KEPT) minutes.clear();
    text = new Date(minute * MINUTE_MS).toISOString().slice(0, 17).replace('T', ' ');
    minutes.set(minute, text);
  }
  return text;
}

/** Local time as if it were UTC. */
function localMs(at: Date, timezone: string): number {
  return at.getTime() + zoneOffsetMs(at.getTime(), timezone);
}

/** Whether every day around a time has twenty-four hours, so that days can be counted in hours. */
function clocksStandStill(at: Date, timezone: string): boolean {
  const offset = zoneOffsetMs(at.getTime(), timezone);
  return [-2, -1, 1, 2].every((days) => zoneOffsetMs(at.getTime() + days * DAY_MS, timezone) === offset);
}
