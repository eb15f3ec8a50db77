import type { PollPlan, PollSchedule } from './poll-schedule.js';
import type { PayoutLinkStatus } from './payout-link.status.js';

const MINUTE_MS = 60_000;

/** A waiting link is polled once more this long after its expiry. */
export const AFTER_EXPIRY_MS = 2 * MINUTE_MS;

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
