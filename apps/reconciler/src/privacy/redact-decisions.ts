import { REDACTED } from 'nestjs-payout-links/unstable';
import type { DataSource } from 'typeorm';

/** Redacts the notes of decisions about links whose recipient was redacted. Idempotent. @returns how many */
export async function redactDecisions(dataSource: DataSource): Promise<number> {
  const [, count] = await dataSource.query<[unknown, number]>(
    `UPDATE payout_link_decision SET note = $1
     WHERE note NOT IN ('', $1) AND payout_link_id IN (SELECT id FROM payout_link WHERE redacted_at IS NOT NULL)`,
    [REDACTED],
  );
  return count;
}
