import {
  Inject,
  Injectable,
  NotFoundException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { WebhookTokens, type Headers } from './webhook.tokens.js';

/** What the guard adds and the controller needs. */
export interface WebhookRequest {
  headers: Headers;
  /** As the host's body parser left it. */
  body?: unknown;
  /** The account whose token the delivery carries. */
  payoutLinksAccount?: string;
}

/** Accepts a delivery only with one of the configured tokens in `x-callback-token`; reads nothing else. */
@Injectable()
export class WebhookTokenGuard implements CanActivate {
  constructor(
    private readonly tokens: WebhookTokens,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.options.webhook.receive) throw new NotFoundException();
    const request = context.switchToHttp().getRequest<WebhookRequest>();
    request.payoutLinksAccount = this.tokens.accountOf(request.headers);
    return true;
  }
}
