import type { ReportSettings } from './slot/slot.repository.js';
import type { ReportAccount } from './statement/fetch/report.client.js';
import type { QueueBackend } from './queue/queue.backend.js';

/** Limits of the polls. */
export interface PollLimits {
  /** Polls of the account per minute, by all workers together. */
  perMinute: number;
  /** Polls in flight per worker. */
  concurrency: number;
}

/** The reconciler's part of the configuration. */
export interface ReconcilerOptions {
  accounts: readonly string[];
  reportsDir: string;
  /** For files that are only needed while a command runs. */
  temporaryDir: string;
  /** The program and its version, as report sets name it. */
  generator: string;
  /** Stored with each slot when it is created. */
  report: ReportSettings;
  /** When slots with unread links are sealed, `HH:MM` on the day after their date. */
  sealAt: string;
  /** The account at the provider; undefined when it is not configured. Never logged. */
  providerOf: (account: string) => ReportAccount | undefined;
  limitsOf: (account: string) => PollLimits;
  queue: QueueBackend;
}

export const RECONCILER_OPTIONS = Symbol('RECONCILER_OPTIONS');
