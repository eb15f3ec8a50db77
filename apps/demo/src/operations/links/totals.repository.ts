import { Injectable } from '@nestjs/common';
import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { CostlyValue } from '../layout/costly-value.js';

/** Links in one status. */
export interface StatusTotal {
  status: PayoutLinkStatus;
  count: number;
  /** Whole rupiah. */
  amount: bigint;
}

/** Counts and sums for the operations page. */
@Injectable()
export class TotalsRepository {
  private readonly ofAll = new CostlyValue(() => this.read());

  constructor(private readonly dataSource: DataSource) {}

  /** Every status that has links: of all, which may be some seconds old where there are very many, or of one batch. */
  byStatus(batchId?: string): Promise<StatusTotal[]> {
    return batchId === undefined ? this.ofAll.get() : this.read(batchId);
  }

  private async read(batchId?: string): Promise<StatusTotal[]> {
    const rows = await this.dataSource.query<{ status: PayoutLinkStatus; count: string; amount: string }[]>(
      `SELECT status, count(*) AS count, sum(amount) AS amount FROM payout_link
       ${batchId === undefined ? '' : 'WHERE batch_id = $1'} GROUP BY status`,
      batchId === undefined ? [] : [batchId],
    );
    return rows.map(({ status, count, amount }) => ({
      status,
      count: Number(count),
      amount: BigInt(amount),
    }));
  }
}
