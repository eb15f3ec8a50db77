import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../environment/configuration.error.js';

/** One index step per account, independent of the number of links. */
const ACCOUNTS_WITHOUT_KEY = `
  WITH RECURSIVE held AS (
    (SELECT account FROM payout_link ORDER BY account LIMIT 1)
    UNION ALL
    SELECT (SELECT account FROM payout_link WHERE account > held.account ORDER BY account LIMIT 1)
    FROM held WHERE held.account IS NOT NULL)
  SELECT account FROM held WHERE account IS NOT NULL AND account <> ALL($1::text[])`;

/**
 * Refuses to continue while the database holds links of an account without a key: they could be neither read nor
 * voided.
 * @throws ConfigurationError naming each such account
 */
export async function requireKnownAccounts(
  dataSource: DataSource,
  accounts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const unknown = await dataSource.query<{ account: string }[]>(ACCOUNTS_WITHOUT_KEY, [
    Object.keys(accounts),
  ]);
  if (unknown.length === 0) return;
  throw new ConfigurationError(
    unknown.map(
      ({ account }) =>
        `XENDIT_ACCOUNTS must hold the key of the account ${JSON.stringify(account)}: the database has payout links of it`,
    ),
  );
}
