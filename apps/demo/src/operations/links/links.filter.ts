import { ListQueryPipe } from '../../payout-links/list-query.pipe.js';

/** Filters of the list. */
export interface LinksFilter {
  status?: string;
  q?: string;
  cursor?: string;
}

/**
 * Parses the filters from the query; a form sends its empty fields too.
 * @throws InvalidPayoutLinkError
 */
export function filterOf(query: Record<string, unknown>): LinksFilter {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const { limit: _, ...filter } = new ListQueryPipe().transform(Object.fromEntries(given));
  return filter;
}

/** The address of the list with these filters. */
export function addressOf(filter: LinksFilter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  return query === '' ? '/' : `/?${query}`;
}
