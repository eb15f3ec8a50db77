import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.module-definition.js';
import { TOKEN_REFUSED, type WebhookRequest } from './webhook-token.guard.js';

/** Whatever prefix the host puts before it. */
const ROUTE = /\/webhooks\/xendit\/payout-links\/?$/i;

type Request = WebhookRequest & { method: string; path: string };

/**
 * Asks for the token before the host parses the body, which on Express it does before any guard: who is not let in
 * learns nothing from a broken body, and none of it is read. Elsewhere the guard alone asks.
 */
@Injectable()
export class WebhookGate {
  constructor(
    adapterHost: HttpAdapterHost,
    private readonly accounts: PayoutLinksAccounts,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    // Providers exist before the host adds its own middleware, so this one comes first. Nest before 11.1.6 does not say
    // when there is an adapter: there is one by now, but in a testing module, where the guard alone asks.
    const told = adapterHost.init$ as Observable<void> | undefined;
    if (told) told.subscribe(() => this.place(adapterHost));
    else this.place(adapterHost);
  }

  private place({ httpAdapter }: Partial<HttpAdapterHost>): void {
    if (httpAdapter?.getType() !== 'express') return;
    httpAdapter.use((request: Request, _: unknown, next: (error?: unknown) => void) =>
      next(this.refusal(request)),
    );
  }

  private refusal({ method, path, headers }: Request): UnauthorizedException | undefined {
    if (!this.options.webhook.enabled || method !== 'POST' || !ROUTE.test(path)) return undefined;
    return this.accounts.ofHeader(headers['x-callback-token']).length > 0
      ? undefined
      : new UnauthorizedException(TOKEN_REFUSED);
  }
}
