import { Inject, Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';

/** The configured provider accounts and their webhook tokens. */
@Injectable()
export class PayoutLinksAccounts {
  private readonly tokens: { digest: Buffer; account: string }[];

  /** @internal Nest creates the instance; its dependencies stay out of the published types. */
  constructor(@Inject(RESOLVED_OPTIONS) options: ResolvedPayoutLinksOptions) {
    this.tokens = [...options.accounts].flatMap(([account, { webhookTokens }]) =>
      webhookTokens.map((token) => ({ digest: digest(token), account })),
    );
  }

  /**
   * The accounts that accept the token; empty when it is wrong. Compares digests with every token in constant
   * time, so that timing reveals neither the length nor the position of a match.
   */
  ofToken(token: string): string[] {
    const given = digest(token);
    const accounts = this.tokens.filter((candidate) => timingSafeEqual(candidate.digest, given));
    return [...new Set(accounts.map(({ account }) => account))];
  }

  /** The accounts that accept a header's value, which may be missing. */
  ofHeader(value: string | string[] | undefined): string[] {
    return typeof value === 'string' ? this.ofToken(value) : [];
  }

  /**
   * The accounts that share a webhook token with this one, itself first. A delivery does not say which of them it
   * is for.
   */
  sharingTokenWith(account: string): string[] {
    const own = this.tokens.filter((token) => token.account === account);
    const sharing = this.tokens.filter((token) => own.some(({ digest: mine }) => mine.equals(token.digest)));
    return [...new Set([account, ...sharing.map((token) => token.account)])];
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
