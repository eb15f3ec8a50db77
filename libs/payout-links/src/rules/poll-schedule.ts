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

/** A waiting link is polled once more this long after its expiry. */
export const AFTER_EXPIRY_MS = 2 * MINUTE_MS;

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

/** What the schedule needs to know of a link. */
export interface ScheduledLink {
  status: PayoutLinkStatus;
  /** When its status took effect. */
  statusAt: Date;
  expiresAt: Date | null;
  lastReadAt: Date | null;
  /** Scheduled polls since its status took effect. */
  polls: number;
}

/** When a link is polled next, which may be in the past; null when it is not polled until it changes. */
export function nextPoll(schedule: PollSchedule, link: ScheduledLink): Date | null {
  const plan = schedule[link.status];
  if (!plan) return null;
  const offset = offsetOfPoll(plan, link.polls);
  const regular = offset === null ? Infinity : link.statusAt.getTime() + offset;
  const last = lastPoll(link);
  if (last !== null && link.lastReadAt !== null && link.lastReadAt.getTime() >= last) return null;
  const at = Math.min(regular, last ?? Infinity);
  return at === Infinity ? null : new Date(at);
}

/**
 * The next poll after one without a change, always after `now`: missed polls are not made up for. If the poll
 * after the expiry got no usable response, it is repeated at the last interval.
 */
export function pollAfterUnchanged(
  schedule: PollSchedule,
  link: ScheduledLink,
  now: Date,
): { polls: number; next: Date | null } {
  const plan = schedule[link.status];
  for (let polls = link.polls + 1; ; polls += 1) {
    const next = nextPoll(schedule, { ...link, polls });
    if (!plan || next === null || next > now) return { polls, next };
    if (offsetOfPoll(plan, polls) === null) {
      const everyMs = plan.steps.at(-1)?.everyMs ?? plan.startAfterMs;
      return { polls, next: new Date(now.getTime() + Math.max(everyMs, AFTER_EXPIRY_MS)) };
    }
  }
}

/** From the start of a status to the poll that follows so many others. */
function offsetOfPoll({ startAfterMs, steps }: PollPlan, pollsBefore: number): number | null {
  let offset = startAfterMs;
  let left = pollsBefore;
  for (const { everyMs, times } of steps) {
    const looks = Math.min(left, times);
    offset += looks * everyMs;
    left -= looks;
  }
  return left > 0 ? null : offset;
}

/** A link that waits for its recipient is polled once after its expiry, and not again. */
function lastPoll({ status, expiresAt }: ScheduledLink): number | null {
  return status === 'PENDING' && expiresAt !== null ? expiresAt.getTime() + AFTER_EXPIRY_MS : null;
}
