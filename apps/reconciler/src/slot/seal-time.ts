import { DateTime } from 'luxon';
import { addDays, type BusinessDate } from './business-date.js';

/** When a slot with unread links waits no longer: at a time of day, `HH:MM`, of the day after its business date. */
export function sealTimeOf(date: BusinessDate, timezone: string, timeOfDay: string): Date {
  const [hour, minute] = timeOfDay.split(':').map(Number);
  return DateTime.fromISO(addDays(date, 1), { zone: timezone }).set({ hour, minute }).toJSDate();
}
