import type { ProviderLink } from '../rules/observation.js';
import { statusOfProviderWord, type PayoutLinkStatus } from '../rules/payout-link.status.js';
import { idText, MAX_ID, PROVIDER_ID, text } from '../rules/texts.js';
import { isRecord, parseAmount, parseFailureCode } from '../xendit/xendit.responses.js';

/** The readable parts of a delivery; every field may be missing. */
export interface WebhookPayload {
  event: string | null;
  externalId: string | null;
  /** Ids that may be the link's or its transfer's: which one the provider sends is undocumented. */
  ids: string[];
  /** The status that the delivery claims; null for unknown events and words. */
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
 * Reads both shapes of deliveries: `{ event, data: { … } }` and the flat one without an event. Never throws. See
 * https://docs.xendit.co/integration-payout-links#payout-links-events
 */
export function parseWebhookPayload(body: Readonly<Record<string, unknown>>): WebhookPayload {
  const data = isRecord(body.data) ? body.data : body;
  const event = text(body.event, MAX_ID);
  const providerStatus =
    text(data.status, MAX_ID) ?? (event && Object.hasOwn(EVENT_WORDS, event) ? EVENT_WORDS[event]! : null);
  const status = providerStatus === null ? 'UNKNOWN' : statusOfProviderWord(providerStatus);
  return {
    event,
    externalId: idText(data.external_id) ?? idText(data.reference_id),
    ids: [data.id, data.disbursement_id].map((id) => idText(id, PROVIDER_ID)).filter((id) => id !== null),
    claim: status === 'UNKNOWN' ? null : status,
    amount: parseAmount(data.amount),
    providerStatus,
    failureCode: providerStatus === null ? null : parseFailureCode(providerStatus, status, data),
  };
}

/** The delivery as a response about the link, for hosts that accept it without a read; null when it lacks fields. */
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
