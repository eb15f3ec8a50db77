import type { PollLimits } from '../reconciler.options.js';
import type { RangeOfRun } from './poll.repository.js';

/** A job: polls a range of a run's order. It may be lost or come twice without harm. */
export type PollJob = RangeOfRun;

/** The queue of an account; BullMQ accepts no `:` in names. */
export function queueName(account: string): string {
  return `payout-link-polls-${account}`;
}

/** A job reserves permits for half a second. */
const JOBS_PER_SECOND = 2;
/** At a high rate: while one job is in flight, the next one has its permits, and another one is being fetched. */
const JOBS_AT_HIGH_RATE = 3;

/**
 * Links per job, never more than the concurrency, and jobs per worker. Unless the rate is so high that the queue would hold
 * it up, their product is the concurrency: a run whose time is over waits for them, and a worker that is killed leaves
 * their permits unused.
 */
export function shapeOfWork({ perMinute, concurrency }: PollLimits): {
  linksPerJob: number;
  jobsInHand: number;
} {
  const permits = Math.floor(perMinute / 60 / JOBS_PER_SECOND);
  if (permits >= concurrency) return { linksPerJob: concurrency, jobsInHand: JOBS_AT_HIGH_RATE };
  const linksPerJob = Math.max(1, permits);
  return { linksPerJob, jobsInHand: Math.floor(concurrency / linksPerJob) };
}
