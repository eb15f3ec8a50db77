import { ListQueryPipe } from '../../payout-links/list-query.pipe.js';

const PARAMETERS = ['status', 'q', 'batchId', 'cursor'];

/** Filters of the list. */
export interface LinksFilter {
  status?: string;
  q?: string;
  /** The `batchId` in the metadata of a file's links. */
  batchId?: string;
  cursor?: string;
}

/**
 * Parses the filters from the query; a form sends its empty fields too.
 * @throws InvalidPayoutLinkError
 */
export function filterOf(query: Record<string, unknown>): LinksFilter {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return new ListQueryPipe(PARAMETERS).transform(Object.fromEntries(given));
}

/** The address of the list with these filters. */
export function addressOf(filter: LinksFilter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  return query === '' ? '/' : `/?${query}`;
}
