import { BadRequestException, UnauthorizedException } from '@nestjs/common';
import type { RequestHandler } from 'express';
import type { PayoutLinksAccounts } from 'nestjs-payout-links';

const WEBHOOK = /^\/webhooks\/xendit\/payout-links\/?$/i;

export function isWebhook(path: string): boolean {
  return WEBHOOK.test(path);
}

/**
 * Refuses a delivery without a valid token before its body is read; the module's own guard looks again. An empty body
 * too: the body parser would read it as an empty object.
 */
export function webhookTokenGate(accounts: PayoutLinksAccounts): RequestHandler {
  return (request, _, next) => {
    if (!isWebhook(request.path)) return next();
    const token = request.headers['x-callback-token'];
    if (typeof token !== 'string' || accounts.ofToken(token).length === 0) {
      return next(new UnauthorizedException('x-callback-token is missing or wrong'));
    }
    if (request.headers['content-length'] === '0') {
      return next(new BadRequestException('the body must be a JSON object'));
    }
    next();
  };
}
