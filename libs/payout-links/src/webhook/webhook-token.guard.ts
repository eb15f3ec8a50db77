import {
  CanActivate,
  ExecutionContext,
  Inject,
  Injectable,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.module-definition.js';

/** What the guard learns and the controller needs. */
export interface WebhookRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The account whose token the delivery carries. */
  payoutLinksAccount?: string;
}

/** What a caller without a token is told. */
export const TOKEN_REFUSED = 'x-callback-token is missing or wrong';

/** Lets a delivery in only with one of the configured tokens in `x-callback-token`; looks at nothing else. */
@Injectable()
export class WebhookTokenGuard implements CanActivate {
  constructor(
    private readonly accounts: PayoutLinksAccounts,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.options.webhook.enabled) throw new NotFoundException();
    const request = context.switchToHttp().getRequest<WebhookRequest>();
    const [account] = this.accounts.ofHeader(request.headers['x-callback-token']);
    if (account === undefined) throw new UnauthorizedException(TOKEN_REFUSED);
    request.payoutLinksAccount = account;
    return true;
  }
}
