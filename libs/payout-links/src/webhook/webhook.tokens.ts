import { Injectable, Logger, UnauthorizedException } from '@nestjs/common';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import { Meters } from '../telemetry/meters.js';

/** Headers of a request, by lower-case name. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const LOG_EVERY_MS = 60_000;

/** Checks the token of a delivery. Refusals are logged, at most one line a minute and never with the token. */
@Injectable()
export class WebhookTokens {
  private readonly logger = new Logger(WebhookTokens.name);
  private loggedAt = -Infinity;
  private notLogged = 0;

  constructor(
    private readonly accounts: PayoutLinksAccounts,
    private readonly meters: Meters,
  ) {}

  /**
   * @returns the account whose token the delivery carries
   * @throws UnauthorizedException
   */
  accountOf(headers: Headers): string {
    const [account] = this.accounts.ofHeader(headers['x-callback-token']);
    if (account !== undefined) return account;
    this.meters.webhookRequest('unauthorized');
    this.logRefusal(headers['x-callback-token'] === undefined ? 'is missing' : 'is wrong');
    throw new UnauthorizedException('x-callback-token is missing or wrong');
  }

  private logRefusal(problem: string): void {
    const now = performance.now();
    if (now - this.loggedAt < LOG_EVERY_MS) {
      this.notLogged += 1;
      return;
    }
    const more = this.notLogged > 0 ? ` (and ${this.notLogged} more since the last such line)` : '';
    this.logger.warn(
      `a webhook delivery was refused with 401: x-callback-token ${problem}${more}. If the provider sent it, compare` +
        ' webhookTokens with the verification token in its dashboard.',
    );
    this.loggedAt = now;
    this.notLogged = 0;
  }
}
