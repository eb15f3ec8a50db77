import type { ObservationSource } from '../rules/observation.js';
import type { PayoutLink } from '../link/payout-link.entity.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** One change of a link's status, the argument of a handler. */
export interface PayoutLinkEvent {
  /** The link as it is when the handler is called; it may have changed since. */
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

/** `'*'` is every change, including the creation and open statuses. */
export type PayoutLinkEventName = keyof typeof EVENT_STATUSES | '*';
