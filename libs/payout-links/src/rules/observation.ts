import type { PayoutLinkStatus } from './payout-link.status.js';

/** A payout link as the provider describes it in one answer, checked for shape but not yet compared with ours. */
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
  /** When the present status began, where the answer says so. */
  occurredAt: Date | null;
}

/** One thing that the provider told us, or that we know about a create which it did not answer. */
export type Observation =
  | {
      kind: 'link';
      link: ProviderLink;
      raw: unknown;
      /** A delivery's own word, which its host wants believed: no read of the provider. */
      unread?: true;
      /** An operator says that this is ours although the provider refused our create as a duplicate of it. */
      adopted?: true;
    }
  /** A clear refusal of a create: nothing exists at the provider. */
  | { kind: 'refused'; failureCode: string; raw: unknown }
  /** A create whose outcome nobody knows. */
  | { kind: 'unconfirmed'; raw: unknown }
  /** An operator ends an unconfirmed create: it was never made at the provider. */
  | { kind: 'abandoned'; raw: unknown }
  /** A refused create that its caller sends once more. */
  | { kind: 'sent-again' };

export const OBSERVATION_SOURCES = ['API', 'WEBHOOK', 'POLL', 'RECOVERY', 'OPERATOR'] as const;
/** Who brought the observation. */
export type ObservationSource = (typeof OBSERVATION_SOURCES)[number];
