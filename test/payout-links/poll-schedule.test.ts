import { afterEach, describe, expect, it } from '@jest/globals';
import type { PollSchedule } from 'nestjs-payout-links';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

const OFTEN: PollSchedule = {
  PENDING: { startAfterMs: 0, steps: [{ everyMs: 100, times: 2 }] },
  REQUESTED: { startAfterMs: 0, steps: [{ everyMs: 100, times: 50 }] },
};

describe('polls by schedule', () => {
  let stage: LibraryStage;
  afterEach(() => stage.close());

  const due = () =>
    stage.database.query<{ external_id: string; polls: number; next_poll_at: Date | null }>(
      'SELECT external_id, polls, next_poll_at FROM payout_link ORDER BY external_id',
    );
  /** The loop runs every few seconds; what is due is due at once for the test. */
  const soon = () =>
    stage.database.query('UPDATE payout_link SET next_poll_at = now() WHERE next_poll_at > now()');

  it('are off unless the host has a schedule', async () => {
    stage = await LibraryStage.open();
    const link = await stage.create('alone');
    await stage.claim(link);
    const other = await stage.another();
    await stage.create('busy');
    expect(await stage.requests('GET /payouts/:id')).toBe(0);
    expect(await other.service.get(link.id)).toMatchObject({ status: 'PENDING' });
  });

  it('find what no webhook reported, and stop when the schedule has no more for a link', async () => {
    stage = await LibraryStage.open({ pollSchedule: { states: OFTEN, perMinute: 600 } });
    const link = await stage.create('claimed');
    await stage.claim(link);
    await until('found', async () => {
      await soon();
      return (await stage.service.get(link.id)).status === 'SUCCEEDED';
    });
    await until('left alone', async () => (await due())[0]!.next_poll_at === null);
    expect((await stage.service.history(link.id)).at(-1)).toMatchObject({ source: 'POLL' });
    const reads = await stage.requests('GET /payouts/:id');
    await stage.create('another');
    await until('polled', async () => {
      await soon();
      return (await stage.requests('GET /payouts/:id')) > reads;
    });
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('continue at their interval when a poll after the expiry brought nothing, and delay no other link', async () => {
    // No host polls until the link is as the test needs it.
    stage = await LibraryStage.open(IMPATIENT);
    const link = await stage.create('expired');
    await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '500', times: 3 });
    await stage.database.query(
      `UPDATE payout_link SET expires_at = now() - interval '1 day', status_at = now() - interval '4 days',
         last_read_at = now() - interval '2 days', polls = 99, next_poll_at = now()`,
    );
    await stage.another({ ...IMPATIENT, pollSchedule: { states: OFTEN, perMinute: 600 } });
    const looks = await until('planned again', async () => {
      const [row] = await due();
      return row!.polls > 99 && row;
    });
    expect(looks.next_poll_at!.getTime()).toBeGreaterThan(Date.now() + 30_000);
    const other = await stage.create('another');
    await until('the other one polled', async () => {
      const polls = (await stage.caller.request('GET', '/_sandbox/polls')).body as Record<string, number>;
      return (polls[other.providerId!] ?? 0) > 0;
    });
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'PENDING' });
  });

  it('are shared by the instances with the schedule: each poll is made once', async () => {
    const states: PollSchedule = { PENDING: { startAfterMs: 0, steps: [] } };
    stage = await LibraryStage.open({ pollSchedule: { states, perMinute: 600 } });
    await Promise.all([1, 2].map(() => stage.another({ pollSchedule: { states, perMinute: 600 } })));
    for (let index = 0; index < 6; index += 1) await stage.create(`link-${index}`);
    await until('each polled', async () => (await due()).every(({ polls }) => polls === 1));
    expect(Object.values((await stage.caller.request('GET', '/_sandbox/polls')).body)).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });
});
