import type { ReportSettings } from './slot/slot.repository.js';
import type { QueueBackend } from './queue/queue.backend.js';

/** How hard the provider is asked. */
export interface PollLimits {
  /** Reads of the account in a minute, by all workers together. */
  perMinute: number;
  /** Reads in flight at a time, per worker. */
  concurrency: number;
}

/** How the reconciler works, as its configuration says. */
export interface ReconcilerOptions {
  accounts: readonly string[];
  reportsDir: string;
  /** The program and its version, as report sets name it. */
  generator: string;
  /** Kept with each slot that is begun. */
  report: ReportSettings;
  limitsOf: (account: string) => PollLimits;
  queue: QueueBackend;
}

export const RECONCILER_OPTIONS = Symbol('RECONCILER_OPTIONS');
