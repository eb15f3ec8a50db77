import type { StoredLines } from '../../slot/slot-result.js';

/** Slots of the trend, including the page's own. */
export const TREND_SLOTS = 14;

/** One slot of the trend, from its roll-forwards: links of all currencies. */
export interface TrendSlot {
  date: string;
  created: number;
  succeeded: number;
  failuresClosing: number;
}

/** The links in a stored line, of all currencies; 0 where the line is not stored. */
export function countOf(lines: StoredLines | null, line: string): number {
  return Object.values(lines ?? {}).reduce((sum, ofCurrency) => sum + (ofCurrency[line]?.count ?? 0), 0);
}

/** The trend over the slots before a page's own, and that one. */
export function trendOf(slots: readonly { date: string; lines: StoredLines | null }[]): TrendSlot[] {
  return slots.map(({ date, lines }) => {
    return {
      date,
      created: countOf(lines, 'created'),
      succeeded: countOf(lines, 'succeeded'),
      failuresClosing: countOf(lines, 'failures_closing'),
    };
  });
}
