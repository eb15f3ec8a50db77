import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.js';

describe('polls in flight', () => {
  it('are at most as many as allowed, and start in order', async () => {
    const inFlight = new InFlight(2);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    let most = 0;
    let now = 0;
    const polls = [0, 1, 2, 3, 4].map(async (poll) => {
      await inFlight.enter();
      started.push(poll);
      most = Math.max(most, (now += 1));
      await new Promise<void>((resolve) => finish.push(resolve));
      now -= 1;
      inFlight.leave();
    });
    while (started.length < polls.length) {
      await new Promise((resolve) => setImmediate(resolve));
      finish.shift()!();
    }
    finish.forEach((end) => end());
    await Promise.all(polls);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });
});
