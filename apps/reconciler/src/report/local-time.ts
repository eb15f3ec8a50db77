import { formatTime } from '../slot/business-date.js';

/**
 * A moment as reports show it: what a clock on the wall of the report's time zone said, `YYYY-MM-DD HH:MM:SS`. A CSV
 * has it as text; a workbook as a date, for the dates of Excel know no time zone either.
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
