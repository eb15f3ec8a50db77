import type { ReportSettings } from './slot/slot.repository.js';
import type { PollLimits } from './poll/poll.service.js';

/** How the reconciler works, as its configuration says. */
export interface ReconcilerOptions {
  accounts: readonly string[];
  reportsDir: string;
  /** Kept with each slot that is begun. */
  report: ReportSettings;
  limitsOf: (account: string) => PollLimits;
}

export const RECONCILER_OPTIONS = Symbol('RECONCILER_OPTIONS');
