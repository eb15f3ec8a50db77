import { Injectable } from '@nestjs/common';
import type { DeliveryStatus } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { CostlyValue } from '../layout/costly-value.js';

/** Deliveries with one status. */
export interface DeliveryTotal {
  status: DeliveryStatus;
  count: number;
  /** When the oldest of them first arrived. */
  oldest: Date;
  /** When the newest of them last arrived. */
  newest: Date;
}

/** Counts for the webhooks page. */
@Injectable()
export class WebhookHealthRepository {
  private readonly totals = new CostlyValue(() => this.read());

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Count and age per status; statuses without deliveries are omitted. Some seconds old where there are very many.
   */
  byStatus(): Promise<DeliveryTotal[]> {
    return this.totals.get();
  }

  private async read(): Promise<DeliveryTotal[]> {
    const rows = await this.dataSource.query<(Omit<DeliveryTotal, 'count'> & { count: string })[]>(
      `SELECT status, count(*) AS count, min(received_at) AS oldest, max(last_received_at) AS newest
       FROM payout_link_delivery GROUP BY status`,
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }
}
