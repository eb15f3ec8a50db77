import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { News } from './content.js';
import { ReportDelivery } from './delivery.entity.js';

/** News for several targets. */
interface NewDelivery extends News {
  targets: readonly string[];
  /** By hand, so it may be there already. */
  resent: boolean;
}

/** A delivery that is to be tried. */
export interface Pending {
  id: string;
  account: string;
  /** Date or period. */
  what: string;
  target: string;
}

/** The columns of `Pending`. */
const PENDING = "id, account, coalesce(business_date::text, replace(period, '_', '–')) AS what, target";

/** Due deliveries of a target that `serve` takes at a time. */
const DUE_PER_TARGET = 20;

/** Longer than an attempt may take. */
const LEASE_SECONDS = 60;
/** After that only `deliver` tries again. */
const RETRY_DAYS = 3;
/** Waits of `serve` after the first, second, … failed attempt; the last one repeats. Seconds. */
const BACK_OFF_SECONDS = [60, 300, 900, 1_800, 3_600, 7_200, 14_400];

/** All queries on deliveries. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns those that were not there yet */
  async insert(
    { account, date, period, event, content, targets, resent }: NewDelivery,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Pending[]> {
    return manager.query<Pending[]>(
      `INSERT INTO payout_link_report_delivery (account, business_date, period, event, resent, target, state, message_id,
         content, attempts, next_attempt_at, lease_fence, created_at)
       SELECT $1, $2, $3, $4, $5, target, 'WAITING', message_id, $6, 0, now, 0, now
       FROM unnest($7::text[], $8::uuid[]) AS given (target, message_id), clock_timestamp() AS now
       ON CONFLICT DO NOTHING RETURNING ${PENDING}`,
      [
        account,
        date ?? null,
        period ?? null,
        event,
        resent,
        JSON.stringify(content),
        targets,
        targets.map(() => randomUUID()),
      ],
    );
  }

  /** Leases one for an attempt, unless it is delivered or another process is trying it. */
  async lease(id: string): Promise<ReportDelivery | 'delivered' | 'leased'> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE payout_link_report_delivery SET attempts = attempts + 1, lease_fence = lease_fence + 1,
         lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND state = 'WAITING' AND coalesce(lease_expires_at <= statement_timestamp(), true) RETURNING id`,
      [id],
    );
    const delivery = await this.deliveries.findOneByOrFail({ id });
    if (rows.length > 0) return delivery;
    return delivery.state === 'DELIVERED' ? 'delivered' : 'leased';
  }

  /** The process is stopping: another one may try it at once. */
  async handBack({ id, leaseFence }: ReportDelivery): Promise<void> {
    await this.dataSource.query(
      `UPDATE payout_link_report_delivery SET attempts = attempts - 1, lease_expires_at = NULL,
         next_attempt_at = clock_timestamp()
       WHERE id = $1 AND lease_fence = $2 AND state = 'WAITING'`,
      [id, leaseFence],
    );
  }

  async delivered({ id, leaseFence }: ReportDelivery): Promise<void> {
    await this.dataSource.query(
      `UPDATE payout_link_report_delivery SET state = 'DELIVERED', delivered_at = clock_timestamp(), last_error = NULL,
         next_attempt_at = NULL, lease_expires_at = NULL, addresses_left = NULL
       WHERE id = $1 AND lease_fence = $2 AND state = 'WAITING'`,
      [id, leaseFence],
    );
  }

  /** @param addressesLeft those that were refused while others have it; undefined when nothing changed about that */
  async failed(
    { id, leaseFence, attempts }: ReportDelivery,
    error: string,
    addressesLeft: readonly string[] | undefined,
  ): Promise<void> {
    const wait = BACK_OFF_SECONDS[Math.min(attempts, BACK_OFF_SECONDS.length) - 1];
    await this.dataSource.query(
      `UPDATE payout_link_report_delivery SET last_error = $3, lease_expires_at = NULL,
         addresses_left = coalesce($4::json, addresses_left),
         next_attempt_at = CASE WHEN created_at > clock_timestamp() - make_interval(days => ${RETRY_DAYS})
           THEN clock_timestamp() + make_interval(secs => $5) END
       WHERE id = $1 AND lease_fence = $2 AND state = 'WAITING'`,
      [id, leaseFence, error.slice(0, 500), addressesLeft ? JSON.stringify(addressesLeft) : null, wait],
    );
  }

  /** What `serve` has to try now: not too much of one target, which may be slow. */
  due(targets: readonly string[]): Promise<Pending[]> {
    return this.dataSource.query<Pending[]>(
      `SELECT ${PENDING} FROM (
         SELECT *, row_number() OVER (PARTITION BY target ORDER BY next_attempt_at, id) AS place
         FROM payout_link_report_delivery
         WHERE state = 'WAITING' AND next_attempt_at <= statement_timestamp() AND target = ANY($1)
           AND coalesce(lease_expires_at <= statement_timestamp(), true)) AS due
       WHERE place <= ${DUE_PER_TARGET} ORDER BY id`,
      [targets],
    );
  }

  /** What is not delivered, oldest first; rows of removed targets do not count. */
  undelivered(targets: readonly string[], account: string | null): Promise<Pending[]> {
    return this.dataSource.query<Pending[]>(
      `SELECT ${PENDING} FROM payout_link_report_delivery
       WHERE state = 'WAITING' AND target = ANY($1) AND ($2::text IS NULL OR account = $2) ORDER BY id`,
      [targets, account],
    );
  }

  private get deliveries() {
    return this.dataSource.getRepository(ReportDelivery);
  }
}
