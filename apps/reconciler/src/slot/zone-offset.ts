import { DateTime } from 'luxon';

/** Since then clocks have changed at quarters of an hour only, everywhere. */
const QUARTERS_SINCE = Date.UTC(1973, 0, 1);
const QUARTER_MS = 15 * 60_000;
const REMEMBERED = 50_000;

const zones = new Map<string, Map<number, number>>();

/**
 * What a time zone is ahead of UTC at a moment, in milliseconds. Remembered by the quarter of an hour: asking for each
 * time that a report shows would take longer than all else that a report does.
 */
export function zoneOffsetMs(at: number, timezone: string): number {
  if (at < QUARTERS_SINCE) return offsetOf(at, timezone);
  const quarter = Math.floor(at / QUARTER_MS);
  let known = zones.get(timezone);
  if (!known || known.size >= REMEMBERED) zones.set(timezone, (known = new Map<number, number>()));
  let offset = known.get(quarter);
  if (offset === undefined) known.set(quarter, (offset = offsetOf(quarter * QUARTER_MS, timezone)));
  return offset;
}

function offsetOf(at: number, timezone: string): number {
  return DateTime.fromMillis(at, { zone: timezone }).offset * 60_000;
}
