import { DateTime } from 'luxon';
import { formatTime } from '../slot/business-date.js';

/** A moment as the clocks of the reports' time zone show it. */
export class LocalTime {
  constructor(
    private readonly at: Date,
    private readonly timezone: string,
  ) {}

  /** `YYYY-MM-DD HH:MM:SS`. */
  toString(): string {
    return formatTime(this.at, this.timezone);
  }

  /** The same reading of a clock in UTC: spreadsheets know no time zones. Whole seconds. */
  get wallClock(): Date {
    const local = DateTime.fromJSDate(this.at, { zone: this.timezone }).startOf('second');
    return local.setZone('utc', { keepLocalTime: true }).toJSDate();
  }
}
