import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';

/** A handler that at least one process of the host has. The recorder writes a task for each of them. */
@Entity({ name: 'payout_link_handler' })
export class PayoutLinkHandlerRow {
  /** The name given to the decorator, else `Class.method`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'payout_link_handler_pkey' })
  name!: string;

  /** The statuses it is called for; null for every change. */
  @Column({ update: false, type: 'text', array: true, nullable: true })
  statuses!: PayoutLinkStatus[] | null;

  /** When a process last registered it. After thirty days, no more tasks are written for it. */
  @Column({ update: false, name: 'last_seen_at', type: 'timestamptz' })
  lastSeenAt!: Date;
}
