/** The provider's routes, as the control API names them. */
export const PROVIDER_ROUTES = ['POST /payouts', 'GET /payouts/:id', 'POST /payouts/:id/void'] as const;

/** One of the provider's routes. */
export type ProviderRoute = (typeof PROVIDER_ROUTES)[number];

const OTHER_ROUTES = [
  [/\/balance\/?$/, '/balance'],
  [/\/transactions\/?$/, '/transactions'],
  [/\/reports\/?$/, '/reports'],
  [/\/reports\/[^/]+\/?$/, '/reports/:id'],
] as const;

/** What the rate limit applies to, by a request's method and path: each of those routes, and those without links. */
export function limitedRoute(method: string, path: string): string {
  const other = OTHER_ROUTES.find(([pattern]) => pattern.test(path));
  return other ? `${method} ${other[1]}` : providerRoute(method, path);
}

/** The provider route of a request, by its method and path. */
export function providerRoute(method: string, path: string): ProviderRoute {
  if (method === 'GET' || method === 'HEAD') return 'GET /payouts/:id';
  return /\/void\/?$/.test(path) ? 'POST /payouts/:id/void' : 'POST /payouts';
}
