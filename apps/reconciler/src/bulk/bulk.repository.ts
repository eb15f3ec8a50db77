import { Injectable } from '@nestjs/common';
import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import type { Payout } from './payout-file.js';

/** A stored link with the external id of a row. */
export interface KnownLink {
  externalId: string;
  /** Whole rupiah, as a decimal string. */
  amount: string;
  email: string;
  status: PayoutLinkStatus;
  providerId: string | null;
  payoutUrl: string | null;
  failureCode: string | null;
}

/** A recent link to the same person with the same amount. */
export interface RecentLink extends KnownLink {
  createdAt: Date;
}

/** Days within which the same amount for the same person is taken for a mistake. */
export const REPEAT_DAYS = 7;
const AT_A_TIME = 5_000;

const COLUMNS = `external_id AS "externalId", amount, email, status, provider_id AS "providerId",
  payout_url AS "payoutUrl", failure_code AS "failureCode"`;

/** What is stored about the rows of a file. */
@Injectable()
export class BulkRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The account's links with these external ids, by external id. */
  async known(account: string, externalIds: readonly string[]): Promise<Map<string, KnownLink>> {
    const known = new Map<string, KnownLink>();
    for (let from = 0; from < externalIds.length; from += AT_A_TIME) {
      const links = await this.dataSource.query<KnownLink[]>(
        `SELECT ${COLUMNS} FROM payout_link WHERE account = $1 AND external_id = ANY ($2)`,
        [account, externalIds.slice(from, from + AT_A_TIME)],
      );
      for (const link of links) known.set(link.externalId, link);
    }
    return known;
  }

  /** The account's links of the last days whose person and amount a payout has, whatever their status, oldest first. */
  recent(account: string, payouts: readonly Payout[]): Promise<RecentLink[]> {
    return this.dataSource.query<RecentLink[]>(
      `SELECT ${COLUMNS}, coalesce(provider_created_at, created_at) AS "createdAt" FROM payout_link
       WHERE account = $1 AND created_at > now() - make_interval(days => $2)
         AND coalesce(provider_created_at, created_at) > now() - make_interval(days => $2)
         AND (lower(email), amount) IN (SELECT lower(given.email), given.amount FROM unnest($3::text[], $4::bigint[])
           AS given (email, amount))
       ORDER BY created_at`,
      [account, REPEAT_DAYS, payouts.map(({ email }) => email), payouts.map(({ amount }) => String(amount))],
    );
  }
}
