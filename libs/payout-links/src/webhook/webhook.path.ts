/** Path of the webhook route, below the host's global prefix. */
export const WEBHOOK_PATH = '/webhooks/xendit/payout-links';
