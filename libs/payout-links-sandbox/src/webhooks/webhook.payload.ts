import type { Payout } from '../payouts/payout.js';
import { businessId } from '../statements/business-id.js';

/** The envelope of a delivery. See https://docs.xendit.co/integration-payout-links#payout-links-events */
export interface WebhookPayload {
  event: 'disbursement.completed' | 'disbursement.failed';
  business_id: string;
  created: string;
  data: {
    id: string;
    reference_id: string;
    amount: number;
    currency: 'IDR';
    status: 'SUCCEEDED' | 'FAILED';
    created: string;
    updated: string;
    failure_code?: string;
  };
}

/** The webhook about a link that just reached a final status; undefined for statuses without a webhook. */
export function webhookPayload(payout: Payout, at: number): WebhookPayload | undefined {
  if (payout.status !== 'SUCCEEDED' && payout.status !== 'FAILED') return undefined;
  const when = new Date(at).toISOString();
  return {
    event: payout.status === 'SUCCEEDED' ? 'disbursement.completed' : 'disbursement.failed',
    business_id: businessId(payout.account),
    created: when,
    data: {
      id: payout.id,
      reference_id: payout.externalId,
      amount: payout.amount,
      currency: 'IDR',
      status: payout.status,
      created: new Date(payout.createdAt).toISOString(),
      updated: when,
      ...(payout.failureReason === undefined ? {} : { failure_code: payout.failureReason }),
    },
  };
}
