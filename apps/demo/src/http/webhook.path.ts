import { WEBHOOK_PATH } from 'nestjs-payout-links';

/** Whether a path is the module's own route, which has tokens of its own. */
export function isWebhook(path: string): boolean {
  return path.replace(/\/$/, '').toLowerCase() === WEBHOOK_PATH;
}
