import { Injectable } from '@nestjs/common';
import { PROVIDER_ROUTES, type ProviderRoute } from './routes.js';

/** The counters' part of the state file. */
export interface RequestCounts {
  routes: Record<ProviderRoute, number>;
  polls: Record<string, number>;
}

/** Requests per provider route and reads per link since the last reset. */
@Injectable()
export class RequestCounter {
  #routes = noRequests();
  #polls = new Map<string, number>();

  count(route: ProviderRoute, payoutId: string | undefined): void {
    this.#routes[route] += 1;
    if (route === 'GET /payouts/:id' && payoutId) {
      this.#polls.set(payoutId, (this.#polls.get(payoutId) ?? 0) + 1);
    }
  }

  state(): RequestCounts {
    return { routes: this.#routes, polls: Object.fromEntries(this.#polls) };
  }

  restore({ routes, polls }: RequestCounts): void {
    this.#routes = { ...noRequests(), ...routes };
    this.#polls = new Map(Object.entries(polls));
  }

  reset(): void {
    this.#routes = noRequests();
    this.#polls.clear();
  }
}

function noRequests(): Record<ProviderRoute, number> {
  return Object.fromEntries(PROVIDER_ROUTES.map((route) => [route, 0])) as Record<ProviderRoute, number>;
}
