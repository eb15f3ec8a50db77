import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  addDays,
  businessDateOf,
  endOfBusinessDate,
  formatTime,
  isBusinessDate,
  wholeDays,
} from './business-date.js';

const JAKARTA = 'Asia/Jakarta';
const BERLIN = 'Europe/Berlin';

describe('a business date', () => {
  it.each([
    ['2026-11-22T16:59:59.999Z', JAKARTA, '2026-11-22'],
    ['2026-11-22T17:00:00.000Z', JAKARTA, '2026-11-23'],
    ['2028-02-29T10:00:00.000Z', JAKARTA, '2028-02-29'],
    ['2026-12-31T23:30:00.000Z', 'UTC', '2026-12-31'],
    ['2026-12-31T23:30:00.000Z', BERLIN, '2027-01-01'],
  ])('is that of %s in %s: %s', (at, timezone, date) => {
    expect(businessDateOf(new Date(at), timezone)).toBe(date);
  });

  it.each([
    ['2026-11-22', JAKARTA, '2026-11-22T17:00:00.000Z'],
    ['2028-02-29', 'UTC', '2028-03-01T00:00:00.000Z'],
    // Clocks go back on this day: it has 25 hours.
    ['2026-10-25', BERLIN, '2026-10-25T23:00:00.000Z'],
    // This day has no midnight: clocks jump from 0 to 1 o'clock.
    ['2026-09-05', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ])('%s in %s ends at %s', (date, timezone, end) => {
    expect(endOfBusinessDate(date, timezone).toISOString()).toBe(end);
  });

  it('begins where the previous one ends, whatever the clocks do', () => {
    for (let date = '2026-01-01'; date < '2027-01-01'; date = addDays(date, 1)) {
      const end = endOfBusinessDate(date, BERLIN);
      expect(businessDateOf(new Date(end.getTime() - 1), BERLIN)).toBe(date);
      expect(businessDateOf(end, BERLIN)).toBe(addDays(date, 1));
    }
  });

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '20260101', 'today', '2026-01-01T00:00', ''])(
    'is not %j',
    (text) => expect(isBusinessDate(text)).toBe(false),
  );
});

describe('times in a report', () => {
  it('are printed by the clock of the time zone', () => {
    expect(formatTime(new Date('2026-11-22T17:00:00.999Z'), JAKARTA)).toBe('2026-11-23 00:00:00');
    expect(formatTime(null, JAKARTA)).toBe('');
  });

  it.each([
    ['2026-11-20T17:00:00Z', '2026-11-22T16:59:59Z', 1],
    ['2026-11-20T17:00:00Z', '2026-11-22T17:00:00Z', 2],
    ['2026-11-20T17:00:00Z', '2026-11-20T16:00:00Z', 0],
  ])('count whole days from %s to %s: %d', (from, to, days) => {
    expect(wholeDays(new Date(from), new Date(to), JAKARTA)).toBe(days);
  });

  // Zones without clock changes, with changes by an hour or half an hour, at midnight, or of their offset.
  const ZONES = [
    JAKARTA,
    BERLIN,
    'UTC',
    'America/Havana',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
  ];
  const anyZone = fc.constantFrom(...ZONES);
  const anyTime = fc.date({ min: new Date('1940-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

  it('are those of the calendar at any moment', () => {
    fc.assert(
      fc.property(anyTime, anyZone, (at, zone) => {
        const local = DateTime.fromJSDate(at, { zone });
        expect(formatTime(at, zone)).toBe(local.toFormat('yyyy-MM-dd HH:mm:ss'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('count whole days by the calendar on the days on which clocks change, too', () => {
    const CHANGES = ['2026-03-08T05:00Z', '2026-11-01T05:00Z', '2026-03-29T01:00Z', '2026-10-25T01:00Z'];
    const nearChange = fc
      .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -3 * 1_440, max: 3 * 1_440 }))
      .map(([change, minutes]) => new Date(new Date(change).getTime() + minutes * 60_000));
    const moment = fc.oneof(anyTime, nearChange);
    fc.assert(
      fc.property(moment, moment, anyZone, (from, to, zone) => {
        const end = DateTime.fromJSDate(to, { zone });
        const { days } = end.diff(DateTime.fromJSDate(from, { zone }), 'days');
        expect(wholeDays(from, to, zone)).toBe(Math.max(0, Math.floor(days)));
      }),
      { numRuns: 2_000 },
    );
  });
});
