import { describe, expect, it } from '@jest/globals';
import { AFTER_EXPIRY_MS, nextPoll, pollAfterUnchanged, type ScheduledLink } from './next-poll.js';
import type { PollSchedule } from './poll-schedule.js';

const START = new Date('2026-11-23T00:00:00Z');
const after = (ms: number) => new Date(START.getTime() + ms);
const SCHEDULE: PollSchedule = {
  REQUESTED: {
    startAfterMs: 10,
    steps: [
      { everyMs: 100, times: 2 },
      { everyMs: 1_000, times: 2 },
    ],
  },
  PENDING: { startAfterMs: 50, steps: [{ everyMs: 100, times: 1 }] },
};
const link = (more: Partial<ScheduledLink>): ScheduledLink => ({
  status: 'REQUESTED',
  statusAt: START,
  expiresAt: null,
  lastReadAt: null,
  polls: 0,
  ...more,
});

describe('the poll schedule', () => {
  it.each([
    [0, 10],
    [1, 110],
    [2, 210],
    [3, 1_210],
    [4, 2_210],
  ])('polls for the time after %d others %d ms after the status began', (polls, ms) => {
    expect(nextPoll(SCHEDULE, link({ polls }))).toEqual(after(ms));
  });

  it('ends after the last of its steps, and has none for a state that it does not name', () => {
    expect(nextPoll(SCHEDULE, link({ polls: 5 }))).toBeNull();
    expect(nextPoll(SCHEDULE, link({ status: 'FAILED' }))).toBeNull();
    expect(nextPoll({}, link({}))).toBeNull();
  });

  it('polls once after a waiting link has expired, and not again', () => {
    const waiting = { status: 'PENDING', expiresAt: after(1_000) } as const;
    const last = after(1_000 + AFTER_EXPIRY_MS);
    expect(nextPoll(SCHEDULE, link({ ...waiting, polls: 1 }))).toEqual(after(150));
    expect(nextPoll(SCHEDULE, link({ ...waiting, polls: 2, lastReadAt: after(150) }))).toEqual(last);
    expect(nextPoll(SCHEDULE, link({ ...waiting, polls: 3, lastReadAt: last }))).toBeNull();
    expect(nextPoll(SCHEDULE, link({ ...waiting, expiresAt: after(-AFTER_EXPIRY_MS), polls: 0 }))).toEqual(
      START,
    );
  });

  it('repeats a poll after the expiry that had no response, at the last interval', () => {
    const waiting = link({ status: 'PENDING', expiresAt: after(1_000), lastReadAt: after(150), polls: 1 });
    const now = after(AFTER_EXPIRY_MS + 5_000);
    const schedule: PollSchedule = { PENDING: { startAfterMs: 50, steps: [{ everyMs: 900_000, times: 3 }] } };
    const missed = pollAfterUnchanged(schedule, waiting, now);
    expect(missed.next).toEqual(new Date(now.getTime() + 900_000));
    const later = new Date(now.getTime() + 900_000);
    const again = pollAfterUnchanged(schedule, { ...waiting, polls: missed.polls }, later);
    expect(again.next).toEqual(new Date(later.getTime() + 900_000));
  });

  it('makes up for no missed poll', () => {
    expect(pollAfterUnchanged(SCHEDULE, link({}), after(150))).toEqual({ polls: 2, next: after(210) });
  });
});
