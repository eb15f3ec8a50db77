import { describe, expect, it } from '@jest/globals';
import { sealTimeOf } from './seal-time.js';

describe('the time at which a slot is sealed', () => {
  it('is on the day after its date, in the time zone of the reports', () => {
    expect(sealTimeOf('2026-11-27', 'Asia/Jakarta', '08:00')).toEqual(new Date('2026-11-28T01:00:00Z'));
    expect(sealTimeOf('2026-12-31', 'America/New_York', '23:59')).toEqual(new Date('2027-01-02T04:59:00Z'));
  });

  it('is the same time of day where clocks change in between', () => {
    expect(sealTimeOf('2026-03-07', 'America/New_York', '08:00')).toEqual(new Date('2026-03-08T12:00:00Z'));
    // 02:30 does not exist on that day.
    expect(sealTimeOf('2026-03-07', 'America/New_York', '02:30')).toEqual(new Date('2026-03-08T07:30:00Z'));
  });
});
