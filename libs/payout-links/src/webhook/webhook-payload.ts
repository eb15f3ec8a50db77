import type { ProviderLink } from '../rules/observation.js';
import { statusOfProviderWord, type PayoutLinkStatus } from '../rules/payout-link.status.js';
import { isRecord, parseAmount, parseFailureCode, text } from '../xendit/xendit.responses.js';

/** What a delivery says, as far as it can be read; every field may be missing. */
export interface WebhookPayload {
  event: string | null;
  externalId: string | null;
  /** Ids that may be the link's or its transfer's: which one the provider sends is not documented. */
  ids: string[];
  /** The state that the delivery claims; null for events and words that we do not know. */
  claim: PayoutLinkStatus | null;
  /** Whole rupiah. */
  amount: bigint | null;
  providerStatus: string | null;
  failureCode: string | null;
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  'disbursement.completed': 'SUCCEEDED',
  'disbursement.failed': 'FAILED',
};

/**
 * Reads both shapes that deliveries have: `{ event, data: { … } }` and the flat one without an event. Never throws
 * (specification: “Payout Links Events”).
 */
export function parseWebhookPayload(body: Readonly<Record<string, unknown>>): WebhookPayload {
  const data = isRecord(body.data) ? body.data : body;
  const event = text(body.event);
  const providerStatus =
    text(data.status) ?? (event && Object.hasOwn(EVENT_WORDS, event) ? EVENT_WORDS[event]! : null);
  const status = providerStatus === null ? 'UNKNOWN' : statusOfProviderWord(providerStatus);
  return {
    event,
    externalId: text(data.external_id) ?? text(data.reference_id),
    ids: [data.id, data.disbursement_id].map(text).filter((id) => id !== null),
    claim: status === 'UNKNOWN' ? null : status,
    amount: parseAmount(data.amount),
    providerStatus,
    failureCode: providerStatus === null ? null : parseFailureCode(providerStatus, status, data),
  };
}

/** The delivery as an answer about the link, for hosts that take its word without a read; null where it says too little. */
export function providerLinkOfPayload(
  payload: WebhookPayload,
  current: { providerId: string | null; externalId: string },
): ProviderLink | null {
  const { claim, amount, providerStatus, failureCode, externalId, ids } = payload;
  const id = current.providerId ?? ids[0];
  if (claim === null || amount === null || providerStatus === null || id === undefined) return null;
  return {
    id,
    externalId: externalId ?? current.externalId,
    amount,
    providerStatus,
    status: claim,
    failureCode,
    payoutUrl: null,
    expiresAt: null,
    disbursementId: null,
    createdAt: null,
    claimedAt: null,
    occurredAt: null,
  };
}
