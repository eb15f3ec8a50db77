import { formatTime } from '../slot/business-date.js';

/**
 * A time in the report's time zone, `YYYY-MM-DD HH:MM:SS`. A CSV has it as text; a workbook as a date, since
 * Excel's dates have no time zone.
 */
export class LocalTime {
  constructor(readonly text: string) {}

  /** Null stays null: an empty cell. */
  static of(at: Date | null, timezone: string): LocalTime | null {
    return at === null ? null : new LocalTime(formatTime(at, timezone));
  }

  toString(): string {
    return this.text;
  }
}
