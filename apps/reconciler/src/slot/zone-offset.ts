import { DateTime } from 'luxon';

/** Since then, clocks have changed at quarters of an hour only, everywhere. */
const QUARTERS_SINCE = Date.UTC(1973, 0, 1);
const QUARTER_MS = 15 * 60_000;
const REMEMBERED = 50_000;

const zones = new Map<string, Map<number, number>>();

/**
 * The offset of a time zone from UTC at a time, in milliseconds. Cached per quarter of an hour: looking it up for
 * each time in a report would take longer than the rest of the report.
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
