import type { PositionRange } from './poll.repository.js';

/** What a worker is told to read: a stretch of a run's order. It may be lost or come twice without harm. */
export interface PollJob extends PositionRange {
  runId: string;
  /** Of the run's beginnings, the one that this belongs to. */
  readingNumber: number;
}

/** The queue of an account; BullMQ takes no `:` in names. */
export function queueName(account: string): string {
  return `payout-link-polls-${account}`;
}

/** How many links a job carries, and how many jobs a worker has in hand: together never more than the concurrency. */
export function shapeOfWork(concurrency: number): { linksPerJob: number; jobsInHand: number } {
  const linksPerJob = Math.max(1, Math.floor(concurrency / 2));
  return { linksPerJob, jobsInHand: Math.floor(concurrency / linksPerJob) };
}
