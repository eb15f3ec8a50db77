import type { PayoutLinkStatus } from './payout-link.status.js';

/** When links in one status are polled: after a delay, then at growing intervals. Milliseconds. */
export interface PollPlan {
  /** From the start of the status to the first poll. */
  startAfterMs: number;
  /** Number of polls at each interval; after the last one the link is left to the nightly run. */
  steps: readonly { everyMs: number; times: number }[];
}

/** When links are polled between nightly runs, by status; a status that is not listed is not polled. */
export type PollSchedule = Partial<Record<PayoutLinkStatus, PollPlan>>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Often at first, when most claims complete; rarely for a reversal of a paid link. */
export const DEFAULT_POLL_SCHEDULE: PollSchedule = {
  PENDING: { startAfterMs: HOUR_MS, steps: [{ everyMs: 6 * HOUR_MS, times: 12 }] },
  REQUESTED: {
    startAfterMs: 5 * MINUTE_MS,
    steps: [
      { everyMs: 5 * MINUTE_MS, times: 6 },
      { everyMs: HOUR_MS, times: 24 },
    ],
  },
  UNKNOWN: { startAfterMs: HOUR_MS, steps: [{ everyMs: 6 * HOUR_MS, times: 12 }] },
  SUCCEEDED: { startAfterMs: DAY_MS, steps: [{ everyMs: 2 * DAY_MS, times: 3 }] },
};
