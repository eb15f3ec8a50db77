import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { WriteOffRefusedError } from '../payout-links.errors.js';
import { PAYOUT_LINKS_DATA_SOURCE } from '../payout-links.module-definition.js';
import type { PayoutLink } from './payout-link.entity.js';
import { hasSuccessor, lock } from './payout-link.recorder.js';
import { withoutParameters } from './without-parameters.js';

const FAILURES = ['FAILED', 'EXPIRED', 'REJECTED', 'REVERSED'];

/** Keeps which failures an operator has written off. No state changes by that: the link stays what it is. */
@Injectable()
export class WriteOffRepository {
  constructor(@Inject(PAYOUT_LINKS_DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * Written off twice is written off once. The row's lock keeps it apart from a reissue at the same moment.
   * @throws WriteOffRefusedError
   */
  async writeOff(link: Pick<PayoutLink, 'id' | 'account'>, reason: string): Promise<PayoutLink> {
    const work = this.dataSource.transaction('READ COMMITTED', async (manager) => {
      const { held } = await lock(manager, link);
      if (!FAILURES.includes(held.status)) {
        throw refused(`it is ${held.status}: only a ${FAILURES.join(', ')} payout link can be`);
      }
      if (await hasSuccessor(manager, held))
        throw refused('another link has taken its place: look at that one');
      if (await isWrittenOff(manager, held.id)) return held;
      await manager.query(
        `INSERT INTO payout_link_write_off (payout_link_id, link_version, account, reason, written_off_at)
         VALUES ($1, $2, $3, $4, clock_timestamp())`,
        [held.id, held.version, held.account, reason],
      );
      return held;
    });
    return withoutParameters(work);
  }

  isWrittenOff(id: string): Promise<boolean> {
    return isWrittenOff(this.dataSource.manager, id);
  }
}

/** Whether the failure that the link stands in was written off: it has not moved since. */
export async function isWrittenOff(manager: EntityManager, id: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `SELECT 1 FROM payout_link_write_off AS written
     WHERE payout_link_id = $1 AND NOT EXISTS (
       SELECT 1 FROM payout_link_transition
       WHERE payout_link_id = $1 AND seq > written.link_version AND from_status IS DISTINCT FROM to_status)`,
    [id],
  );
  return rows.length > 0;
}

function refused(why: string): WriteOffRefusedError {
  return new WriteOffRefusedError(`the payout link cannot be written off: ${why}`);
}
