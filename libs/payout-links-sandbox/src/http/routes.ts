/** The provider's routes, as the control API names them. */
export const PROVIDER_ROUTES = ['POST /payouts', 'GET /payouts/:id', 'POST /payouts/:id/void'] as const;

/** One of the provider's routes. */
export type ProviderRoute = (typeof PROVIDER_ROUTES)[number];

/** What the rate limit applies to, by a request's method and path: each of those routes, and `GET /balance`. */
export function limitedRoute(method: string, path: string): string {
  return /\/balance\/?$/.test(path) ? 'GET /balance' : providerRoute(method, path);
}

/** The provider route of a request, by its method and path. */
export function providerRoute(method: string, path: string): ProviderRoute {
  if (method === 'GET' || method === 'HEAD') return 'GET /payouts/:id';
  return /\/void\/?$/.test(path) ? 'POST /payouts/:id/void' : 'POST /payouts';
}
