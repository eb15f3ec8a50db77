import { WEBHOOK_PATH } from 'nestjs-payout-links';

/** Whether a path is the module's own route, which has its own tokens. */
export function isWebhook(path: string): boolean {
  return path.replace(/\/$/, '').toLowerCase() === WEBHOOK_PATH;
}
