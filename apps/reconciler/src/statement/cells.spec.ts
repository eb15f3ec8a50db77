import { describe, expect, it } from '@jest/globals';
import { parseDecimal, parseRupiah, parseTime, parseZone } from './cells.js';

describe('a time of a statement', () => {
  it.each([
    ['2026-01-31T09:00:00Z', '', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00:00.123Z', '+0700 UTC', '2026-01-31T09:00:00.123Z'],
    ['2026-01-31 09:00:00', '', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31 09:00', '+0700 UTC', '2026-01-31T02:00:00.000Z'],
    ['2026-01-31T09:00:00', '+07:00', '2026-01-31T02:00:00.000Z'],
    ['2026-01-31T09:00:00', 'UTC', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31 09:00:00', 'UTC+07:00', '2026-01-31T02:00:00.000Z'],
    ['2026-01-31T09:00:00+07:00', '-0500 UTC', '2026-01-31T02:00:00.000Z'],
    ['2026-01-31 09:00:00.5 +0700 UTC', '', '2026-01-31T02:00:00.500Z'],
    [' 2026-01-31 09:00:00 ', '-0330 UTC', '2026-01-31T12:30:00.000Z'],
  ])('%s in the zone “%s” is %s', (text, zone, time) => {
    expect(parseTime(text, zone)?.toISOString()).toBe(time);
  });

  it.each([
    ['2026-02-30T09:00:00Z', ''],
    ['2026-01-31T25:00:00Z', ''],
    ['31/01/2026 09:00', ''],
    ['2026-01-31', ''],
    ['31 Jan 2026, 09:00', ''],
    ['46053.375', ''],
    ['0000-01-01 00:00:00', ''],
    ['1999-12-31T23:59:59Z', ''],
    ['9999-12-31T23:59:59-14:00', ''],
    ['', ''],
    ['2026-01-31 09:00:00', 'Jakarta'],
  ])('%s in the zone “%s” is not readable', (text, zone) => {
    expect(parseTime(text, zone)).toBeNull();
  });

  it.each([
    ['', 'Z'],
    ['UTC', 'Z'],
    ['+0000 UTC', '+00:00'],
    ['gmt+07:00', '+07:00'],
    ['Asia/Jakarta', null],
    ['+7', null],
  ])('the zone “%s” is %s', (text, zone) => {
    expect(parseZone(text)).toBe(zone);
  });
});

describe('an amount of a statement', () => {
  it.each([
    ['150000', '150000'],
    ['150,000', '150000'],
    ['1,234,567.00', '1234567'],
    ['150000.0', '150000'],
    [' 0150000 ', '150000'],
    ['0', '0'],
    ['9007199254740993', '9007199254740993'],
  ])('%s are %s rupiah', (text, amount) => {
    expect(parseRupiah(text)).toBe(amount);
  });

  it.each([
    '',
    '-150000',
    '+150000',
    '150.000',
    '1.500.000',
    '150000.50',
    '150000.000',
    '15,0000',
    '1,50,000',
    ',150',
    'Rp 150000',
    '1.5E+5',
    '0x10',
    '１５００００',
    'NaN',
    '1234567890123456789',
  ])('%s are no whole rupiah', (text) => {
    expect(parseRupiah(text)).toBeNull();
  });

  it.each([
    ['12.50', '12.5'],
    ['-1,234.567', '-1234.567'],
    ['+3', '3'],
    ['-0.00', '0'],
    ['007', '7'],
  ])('%s of another currency is %s', (text, amount) => {
    expect(parseDecimal(text)).toBe(amount);
  });

  it.each(['0.0000001', '1234567890123456.5', '', '1.', '.5', '1,2', '1e3', '--1', '12.5 USD'])(
    '%s is no number',
    (text) => {
      expect(parseDecimal(text)).toBeNull();
    },
  );
});
