import type { ClockState } from '../clock/sandbox.clock.js';
import type { RequestCounts } from '../http/request-counter.js';
import type { Payout } from '../payouts/payout.js';
import type { AddedState } from '../statements/added-transactions.js';
import type { Report } from '../statements/report.js';
import type { WebhookSettings } from '../webhooks/webhook.settings.js';

/** The state that survives a restart. E-mails are not stored: they are derived from the links. */
export interface SandboxState {
  version: 1;
  clock: ClockState;
  payouts: Payout[];
  webhooks: WebhookSettings;
  requests: RequestCounts;
  /** Files of earlier versions lack it. */
  statements?: { transactions: AddedState; reports: Report[] };
}

/** Whether a parsed file has the shape of a state file; its links are not validated. */
export function isSandboxState(value: unknown): value is SandboxState {
  if (typeof value !== 'object' || value === null) return false;
  const { version, clock, payouts, webhooks, requests } = value as Partial<SandboxState>;
  return (
    version === 1 &&
    Number.isFinite(clock?.offsetMs) &&
    Array.isArray(clock?.due) &&
    Array.isArray(payouts) &&
    (webhooks?.url === null || typeof webhooks?.url === 'string') &&
    typeof requests?.routes === 'object' &&
    typeof requests.polls === 'object'
  );
}
