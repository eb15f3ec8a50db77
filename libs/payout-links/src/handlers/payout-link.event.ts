import type { ObservationSource } from '../rules/observation.js';
import type { PayoutLink } from '../link/payout-link.entity.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** What a handler is told: one change of a link's state. */
export interface PayoutLinkEvent {
  /** The link as it is when the handler is called; it may have moved on since. */
  link: PayoutLink;
  /** Null for the first change, when the intent was stored. */
  from: PayoutLinkStatus | null;
  to: PayoutLinkStatus;
  source: ObservationSource;
  /** When it took effect. */
  at: Date;
}

/** The events that a handler can name, and the status that a link enters with each. */
export const EVENT_STATUSES = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  expired: 'EXPIRED',
  voided: 'VOIDED',
  requested: 'REQUESTED',
  reversed: 'REVERSED',
} as const satisfies Record<string, PayoutLinkStatus>;

/** `'*'` is every change, the creation and the open states too. */
export type PayoutLinkEventName = keyof typeof EVENT_STATUSES | '*';
