import { describe, expect, it } from '@jest/globals';
import { dueDates, type SlotsSoFar } from './due-dates.js';

const TODAY = '2026-03-02';
const NONE: SlotsSoFar = {
  firstFinished: null,
  lastFinished: null,
  earliestProvisional: null,
  firstLink: null,
};
const FINISHED: SlotsSoFar = {
  firstFinished: '2026-02-20',
  lastFinished: '2026-02-26',
  earliestProvisional: null,
  firstLink: null,
};

describe('the dates that a run goes through', () => {
  it.each([
    ['yesterday, where nothing was finished', NONE, undefined, ['2026-03-01']],
    [
      'from the earliest provisional date, where nothing was finished',
      { ...NONE, earliestProvisional: '2026-02-27' },
      undefined,
      ['2026-02-27', '2026-02-28', '2026-03-01'],
    ],
    ['none, where today is the first', { ...NONE, earliestProvisional: TODAY }, undefined, []],
    ['every missed run in order', FINISHED, undefined, ['2026-02-27', '2026-02-28', '2026-03-01']],
    [
      'the last finished one again, where nothing is due',
      { ...FINISHED, lastFinished: '2026-03-01' },
      undefined,
      ['2026-03-01'],
    ],
    ['the missing ones before a requested date', FINISHED, '2026-02-28', ['2026-02-27', '2026-02-28']],
    [
      'today after the missing ones',
      { ...FINISHED, lastFinished: '2026-02-28' },
      TODAY,
      ['2026-03-01', TODAY],
    ],
    ['a finished one alone', FINISHED, '2026-02-21', ['2026-02-21']],
    [
      'only the requested date, while nothing is finished',
      { ...NONE, firstLink: '2026-01-15' },
      '2026-01-15',
      ['2026-01-15'],
    ],
    ['yesterday, where there is no link yet', NONE, '2026-03-01', ['2026-03-01']],
    [
      'a provisional one before the requested date',
      { ...NONE, earliestProvisional: '2026-03-01' },
      TODAY,
      ['2026-03-01', TODAY],
    ],
  ] as const)('are %s', (_, so, requested, dates) => {
    expect(dueDates(TODAY, so, requested)).toEqual({ dates });
  });

  it.each([
    ['2026-03-03', '2026-03-03 has not begun: today is 2026-03-02'],
    ['2026-02-19', '2026-02-19 is before 2026-02-20, the first date that was finished'],
  ])('are not %s', (requested, problem) => {
    expect(dueDates(TODAY, FINISHED, requested)).toEqual({ problem });
  });

  it.each([
    ['2026-01-14', { ...NONE, firstLink: '2026-01-15' }, '2026-01-15'],
    ['0001-01-01', NONE, '2026-03-01'],
  ])('are not %s, before the first link: all dates since would follow', (requested, so, earliest) => {
    const problem = `${requested} is before ${earliest}, the first date that can be reported`;
    expect(dueDates(TODAY, so, requested)).toEqual({ problem });
  });
});
