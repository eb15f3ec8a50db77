import { describe, expect, it } from '@jest/globals';
import { isOverdue } from './overdue.js';

const settings = { timezone: 'Asia/Jakarta', sealAt: '08:00' };

describe('a slot is overdue', () => {
  it.each([
    ['an hour after the sealing time', '2026-11-27', null, '2026-11-29T09:00:01+07:00', true],
    ['not within that hour', '2026-11-27', null, '2026-11-29T08:59:59+07:00', false],
    ['not while its date is not over', '2026-11-27', null, '2026-11-28T23:00:00+07:00', false],
    [
      'when no date was ever finished, by the oldest link',
      null,
      '2026-11-28',
      '2026-11-29T09:00:01+07:00',
      true,
    ],
    ['not on the day of the first link', null, '2026-11-28', '2026-11-28T23:59:00+07:00', false],
    ['never without a link', null, null, '2026-11-29T09:00:01+07:00', false],
  ])('%s', (_, lastFinished, firstLink, now, expected) => {
    expect(isOverdue({ lastFinished, firstLink }, new Date(now), settings)).toBe(expected);
  });
});
