import { Injectable } from '@nestjs/common';
import { REDACTED } from 'nestjs-payout-links/unstable';
import { DataSource } from 'typeorm';
import type { Decision } from './decision.entity.js';

/** Stores decisions: later reports show the last one of each failure. */
@Injectable()
export class DecisionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Idempotent: a file stores its decision about a link once, and once more if it was refused at first. A note about a
   * redacted person is not kept.
   */
  async store({
    account,
    businessDate,
    payoutLinkId,
    word,
    note,
    fileSha256,
    refused,
  }: Omit<Decision, 'id' | 'decidedAt'>): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO payout_link_decision (account, business_date, payout_link_id, word, note, file_sha256, refused,
         decided_at)
       SELECT $1, $2, $3, $4, CASE WHEN redacted_at IS NULL OR $5 = '' THEN $5 ELSE '${REDACTED}' END, $6, $7,
         clock_timestamp()
       FROM payout_link WHERE id = $3
       ON CONFLICT (payout_link_id, file_sha256, refused) DO NOTHING`,
      [account, businessDate, payoutLinkId, word, note, fileSha256, refused],
    );
  }
}
