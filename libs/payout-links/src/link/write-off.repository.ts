import { Injectable } from '@nestjs/common';
import { PayoutLinksDatabase, type Statements } from '../database/payout-links.database.js';
import { WriteOffRefusedError } from '../payout-links.errors.js';
import type { PayoutLink } from './payout-link.entity.js';
import { FAILED_STATUSES, isFailed } from '../rules/payout-link.status.js';
import { isWrittenOff, lock } from './payout-link.recorder.js';

/** Stores which failures an operator has written off. The link's state does not change. */
@Injectable()
export class WriteOffRepository {
  constructor(private readonly database: PayoutLinksDatabase) {}

  /**
   * Idempotent. The row's lock serializes it with a concurrent reissue.
   * @throws WriteOffRefusedError
   */
  async writeOff(link: Pick<PayoutLink, 'id' | 'account'>, reason: string): Promise<PayoutLink> {
    return this.database.transaction(async (statements) => {
      const { current } = await lock(statements, link);
      const refusal = await refusalOfWriteOff(statements, current);
      if (refusal !== null) throw new WriteOffRefusedError(refusal);
      if (await isWrittenOff(statements, current.id)) return current;
      await statements.execute(
        `INSERT INTO payout_link_write_off (payout_link_id, link_version, account, reason, written_off_at)
         VALUES ($1, $2, $3, $4, clock_timestamp())`,
        [current.id, current.version, current.account, reason],
      );
      return current;
    });
  }

  /** Why a write-off would be refused now; null when it would not be. */
  refusal(link: PayoutLink): Promise<string | null> {
    return refusalOfWriteOff(this.database, link);
  }

  isWrittenOff(id: string): Promise<boolean> {
    return isWrittenOff(this.database, id);
  }
}

async function refusalOfWriteOff(statements: Statements, link: PayoutLink): Promise<string | null> {
  if (!isFailed(link.status)) {
    return `the payout link is ${link.status}: only a ${FAILED_STATUSES.join(', ')} one can be written off`;
  }
  const [last] = await statements.query<{ externalId: string; attempt: number }>(
    'SELECT external_id AS "externalId", attempt FROM payout_link WHERE chain_id = $1 ORDER BY attempt DESC LIMIT 1',
    [link.chainId],
  );
  return last!.attempt > link.attempt
    ? `the payout link was replaced: the last link of its chain is ${last!.externalId}, decide on that one`
    : null;
}
