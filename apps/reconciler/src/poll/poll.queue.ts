import type { PositionRange } from './poll.repository.js';

/** A job: polls a range of a run's order. It may be lost or come twice without harm. */
export interface PollJob extends PositionRange {
  runId: string;
  /** The attempt of the run that the job belongs to. */
  readingNumber: number;
}

/** The queue of an account; BullMQ accepts no `:` in names. */
export function queueName(account: string): string {
  return `payout-link-polls-${account}`;
}

/** Links per job and jobs per worker; their product never exceeds the concurrency. */
export function shapeOfWork(concurrency: number): { linksPerJob: number; jobsInHand: number } {
  const linksPerJob = Math.max(1, Math.floor(concurrency / 2));
  return { linksPerJob, jobsInHand: Math.floor(concurrency / linksPerJob) };
}
