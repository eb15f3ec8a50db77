import { MERCHANT_NAME, claimUrl } from '../payouts/payout.response.js';
import type { Payout } from '../payouts/payout.js';
import { rupiah } from '../payouts/rupiah.js';

/** An e-mail that the provider would have sent to a recipient. */
export interface EmailResponse {
  to: string;
  subject: string;
  text: string;
  payoutId: string;
  payoutUrl: string;
  passcode: string;
  sentAt: string;
}

/** The e-mail that carries a link and its passcode to the recipient. */
export function emailResponse(payout: Payout, sandboxUrl: string): EmailResponse {
  const payoutUrl = claimUrl(payout.id, sandboxUrl);
  return {
    to: payout.email,
    subject: `${MERCHANT_NAME} has sent you ${rupiah(payout.amount)}`,
    text: [
      `${MERCHANT_NAME} has sent you ${rupiah(payout.amount)}.`,
      `Claim it at ${payoutUrl} before ${new Date(payout.expiresAt).toISOString()}.`,
      `Your passcode: ${payout.passcode}`,
    ].join('\n'),
    payoutId: payout.id,
    payoutUrl,
    passcode: payout.passcode,
    sentAt: new Date(payout.createdAt).toISOString(),
  };
}
