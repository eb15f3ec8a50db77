import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { WriteOffRefusedError } from '../payout-links.errors.js';
import { PAYOUT_LINKS_DATA_SOURCE } from '../payout-links.module-definition.js';
import type { PayoutLink } from './payout-link.entity.js';
import { hasSuccessor, isWrittenOff, lock } from './payout-link.recorder.js';
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
      const refusal = await refusalOfWriteOff(manager, held);
      if (refusal !== null) throw new WriteOffRefusedError(refusal);
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

  /** Why it would be refused now, or null when it would not. */
  refusal(link: PayoutLink): Promise<string | null> {
    return refusalOfWriteOff(this.dataSource.manager, link);
  }

  isWrittenOff(id: string): Promise<boolean> {
    return isWrittenOff(this.dataSource.manager, id);
  }
}

async function refusalOfWriteOff(manager: EntityManager, link: PayoutLink): Promise<string | null> {
  if (!FAILURES.includes(link.status)) {
    return `the payout link is ${link.status}: only a ${FAILURES.join(', ')} one can be written off`;
  }
  if (await hasSuccessor(manager, link)) {
    return 'another link has taken the place of the payout link: look at that one';
  }
  return null;
}
