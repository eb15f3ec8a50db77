import type { PollLimits } from '../reconciler.options.js';
import type { RangeOfRun } from './poll.repository.js';

/** A job: polls a range of a run's order. It may be lost or come twice without harm. */
export type PollJob = RangeOfRun;

/** The queue of an account; BullMQ accepts no `:` in names. */
export function queueName(account: string): string {
  return `payout-link-polls-${account}`;
}

/** So many jobs per second keep an account's rate: each reserves permits for this long. */
const JOBS_PER_SECOND = 2;
/** While the polls of one job are in flight, the next one waits for its permits, and another one is being fetched. */
const JOBS_IN_HAND = 3;

/**
 * Links per job, never more than the concurrency, and jobs per worker: enough for the rate and for the concurrency, and
 * no more, because a worker that is killed leaves the permits of its jobs unused.
 */
export function shapeOfWork({ perMinute, concurrency }: PollLimits): {
  linksPerJob: number;
  jobsInHand: number;
} {
  const linksPerJob = Math.max(1, Math.min(concurrency, Math.floor(perMinute / 60 / JOBS_PER_SECOND)));
  return { linksPerJob, jobsInHand: Math.max(JOBS_IN_HAND, Math.ceil(concurrency / linksPerJob)) };
}
