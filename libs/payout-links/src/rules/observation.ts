import type { PayoutLinkStatus } from './payout-link.status.js';

/** A payout link as one response describes it, checked for shape but not yet compared with ours. */
export interface ProviderLink {
  id: string;
  externalId: string;
  /** Whole rupiah. */
  amount: bigint;
  /** The provider's own word. */
  providerStatus: string;
  status: PayoutLinkStatus;
  failureCode: string | null;
  payoutUrl: string | null;
  expiresAt: Date | null;
  disbursementId: string | null;
  createdAt: Date | null;
  claimedAt: Date | null;
  /** When the current status began, if the response says so. */
  occurredAt: Date | null;
}

/** One thing that the provider said, or that we know about a create without a response. */
export type Observation =
  | {
      kind: 'link';
      link: ProviderLink;
      raw: unknown;
      /** A delivery's own claim, which the host accepts without a read. */
      unread?: true;
      /** An operator confirms that this link is ours although the provider refused our create as a duplicate of it. */
      adopted?: true;
    }
  /** A clear refusal of a create: nothing exists at the provider. */
  | { kind: 'refused'; failureCode: string; raw: unknown }
  /** A create with an unknown outcome. */
  | { kind: 'unconfirmed'; raw: unknown }
  /** An operator abandons an unconfirmed create: it was never made at the provider. */
  | { kind: 'abandoned'; raw: unknown }
  /** A refused create that its caller sends again. */
  | { kind: 'sent-again' };

const OBSERVATION_SOURCES = ['API', 'WEBHOOK', 'POLL', 'RECOVERY', 'OPERATOR'] as const;
/** Where an observation came from. */
export type ObservationSource = (typeof OBSERVATION_SOURCES)[number];
