import type { Payout } from './payout.js';

/** A payout link in the provider's format. See https://docs.xendit.co/integration-payout-links#create-a-payout-link */
export interface PayoutResponse {
  id: string;
  external_id: string;
  amount: number;
  merchant_name: string;
  status: string;
  email: string;
  expiration_timestamp: string;
  created: string;
  payout_url?: string;
  bank_code?: string;
  account_holder_name?: string;
  account_number?: string;
  disbursement_id?: string;
  claimed_timestamp?: string;
  completed_timestamp?: string;
  failed_timestamp?: string;
  failure_reason?: string;
}

/** The response to a create or a read. */
export function payoutResponse(payout: Payout, sandboxUrl: string): PayoutResponse {
  return { ...voidResponse(payout), payout_url: claimUrl(payout.id, sandboxUrl), ...claimFields(payout) };
}

/** The response to a void, which has no `payout_url`. */
export function voidResponse(payout: Payout): PayoutResponse {
  return {
    id: payout.id,
    external_id: payout.externalId,
    amount: payout.amount,
    merchant_name: MERCHANT_NAME,
    status: payout.status,
    email: payout.email,
    expiration_timestamp: iso(payout.expiresAt),
    created: iso(payout.createdAt),
  };
}

/** The sender's name in the e-mail and on the claim page. */
export const MERCHANT_NAME = 'Sandbox Business';

/** The address of the recipient's page. */
export function claimUrl(id: string, sandboxUrl: string): string {
  return `${sandboxUrl}/web/${id}`;
}

function claimFields(payout: Payout): Partial<PayoutResponse> {
  const { destination, disbursementId, claimedAt, completedAt, failedAt, failureReason } = payout;
  return {
    ...(destination && {
      bank_code: destination.bankCode,
      account_holder_name: destination.accountHolderName,
      account_number: destination.accountNumber,
    }),
    ...(disbursementId && { disbursement_id: disbursementId }),
    ...(claimedAt !== undefined && { claimed_timestamp: iso(claimedAt) }),
    ...(completedAt !== undefined && { completed_timestamp: iso(completedAt) }),
    ...(failedAt !== undefined && { failed_timestamp: iso(failedAt) }),
    ...(failureReason && { failure_reason: failureReason }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
