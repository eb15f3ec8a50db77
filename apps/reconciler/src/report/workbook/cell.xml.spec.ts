import { describe, expect, it } from '@jest/globals';
import { LocalTime } from '../local-time.js';
import { cellXml, columnName } from './cell.xml.js';

describe('a cell in the XML of a sheet', () => {
  const text = (style: number, value: string) =>
    `<c r="B7" s="${style}" t="inlineStr"><is><t>${value}</t></is></c>`;

  it.each([
    ['a number as a number', 50_000, '<c r="B7" s="2"><v>50000</v></c>'],
    ['zero', 0n, '<c r="B7" s="2"><v>0</v></c>'],
    ['a negative number', -5n, '<c r="B7" s="2"><v>-5</v></c>'],
    ['fifteen digits', -999_999_999_999_999n, '<c r="B7" s="2"><v>-999999999999999</v></c>'],
    ['sixteen digits as text, so that none is rounded', 1_000_000_000_000_001n, text(5, '1000000000000001')],
    ['a number that no cell can hold as text', Number.NaN, text(5, 'NaN')],
    ['a formula as text, without an apostrophe', '=1+1', text(1, '=1+1')],
    ['digits that are text as text', '0012', text(1, '0012')],
    ['outer spaces as they are', ' x', text(1, ' x').replace('<t>', '<t xml:space="preserve">')],
    ['a time as a date', new LocalTime('2026-11-23 12:00:00'), '<c r="B7" s="3"><v>46349.5</v></c>'],
    ['a leap day', new LocalTime('2024-02-29 00:00:00'), '<c r="B7" s="3"><v>45351</v></c>'],
    [
      'the first day that Excel counts right',
      new LocalTime('1900-03-01 00:00:00'),
      '<c r="B7" s="3"><v>61</v></c>',
    ],
    ['a day before it as text', new LocalTime('1900-02-28 00:00:00'), text(1, '1900-02-28 00:00:00')],
    ['a year of five digits as text', new LocalTime('10000-01-01 00:00:00'), text(1, '10000-01-01 00:00:00')],
    ['nothing', null, ''],
    ['no text', '', ''],
  ])('is %s', (_, cell, xml) => {
    expect(cellXml('B7', cell, '…')).toBe(xml);
  });

  it('has the letters of its column', () => {
    expect([0, 24, 25, 26, 51, 52, 701, 702].map((index) => columnName(index))).toEqual([
      'A',
      'Y',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ]);
  });

  it('is never below the second that it shows: some programs would round down to the previous one', () => {
    const day = Date.UTC(2026, 2, 31);
    for (let second = 0; second < 86_400; second += 7) {
      const shown = new Date(day + second * 1_000).toISOString().slice(0, 19).replace('T', ' ');
      const [, serial] = /<v>(.*)<\/v>/.exec(cellXml('A1', new LocalTime(shown), '…'))!;
      expect(Math.floor((Number(serial) % 1) * 86_400)).toBe(second);
    }
  });
});
