import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { WebhookTokens, type Headers } from './webhook.tokens.js';

/** After any prefix of the host. */
const ROUTE = /\/webhooks\/xendit\/payout-links\/?(?:\?|$)/i;

interface Request {
  method: string;
  /** Path and query. */
  url: string;
  headers: Headers;
}
type Done = (error?: unknown) => void;
interface FastifyInstance {
  addHook(stage: 'onRequest', hook: (request: Request, reply: unknown, done: Done) => void): void;
}

/**
 * Checks the token before the host parses the body, which Express and Fastify do before any guard: without a
 * token, none of the body is read, and a broken body reveals nothing. On other platforms only the guard checks.
 */
@Injectable()
export class WebhookTokenMiddleware {
  constructor(
    adapterHost: HttpAdapterHost,
    private readonly tokens: WebhookTokens,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    // Providers exist before the host adds its own middleware, so this one comes first. Nest before 11.1.6 has no
    // `init$`; its adapter is set by now, except in a testing module, where only the guard checks.
    const initialized = adapterHost.init$ as Observable<void> | undefined;
    if (initialized) initialized.subscribe(() => this.place(adapterHost));
    else this.place(adapterHost);
  }

  private place({ httpAdapter }: Partial<HttpAdapterHost>): void {
    switch (httpAdapter?.getType()) {
      case 'express':
        httpAdapter.use((request: Request, _: unknown, next: Done) => this.check(request, next));
        break;
      case 'fastify':
        httpAdapter
          .getInstance<FastifyInstance>()
          .addHook('onRequest', (request, _, done) => this.check(request, done));
        break;
    }
  }

  private check({ method, url, headers }: Request, done: Done): void {
    if (!this.options.webhook.receive || method !== 'POST' || !ROUTE.test(url)) return done();
    try {
      this.tokens.accountOf(headers);
    } catch (error) {
      return done(error);
    }
    done();
  }
}
