import { Injectable } from '@nestjs/common';
import { entityOf, type Row } from '../database/entity-rows.js';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import { PayoutLink } from '../link/payout-link.entity.js';
import { PayoutLinkTransition } from '../link/transition.entity.js';
import type { PayoutLinkHandler } from './handler.explorer.js';
import { PayoutLinkOutboxTask } from './outbox.entity.js';
import type { PayoutLinkEvent } from './payout-link.event.js';

/** A leased task. A process whose lease expired and was taken by another writes nothing. */
export type LeasedTask = Pick<
  PayoutLinkOutboxTask,
  'id' | 'payoutLinkId' | 'seq' | 'attempts' | 'leaseFence' | 'traceParent'
>;

/** All queries on the outbox except the insert, which is the recorder's. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: PayoutLinksDatabase) {}

  /** Registers the process's handlers: from now on every process writes tasks for them. */
  async register(handlers: readonly PayoutLinkHandler[]): Promise<void> {
    await this.database.execute(
      `INSERT INTO payout_link_handler (name, statuses, last_seen_at)
       SELECT name, CASE WHEN statuses = '*' THEN NULL ELSE string_to_array(statuses, ' ') END, clock_timestamp()
       FROM unnest($1::text[], $2::text[]) AS given (name, statuses) ORDER BY name
       ON CONFLICT (name) DO UPDATE SET statuses = excluded.statuses, last_seen_at = excluded.last_seen_at`,
      [handlers.map(({ name }) => name), handlers.map(({ statuses }) => statuses?.join(' ') ?? '*')],
    );
  }

  /**
   * Leases due tasks of a handler: at most one per link, the earliest first. OFFSET 0 keeps the subquery from being
   * joined, which would read every waiting task.
   */
  take(handler: string, limit: number): Promise<LeasedTask[]> {
    return this.database.queryUnprepared<LeasedTask>(
      `UPDATE payout_link_outbox SET attempts = attempts + 1, lease_fence = lease_fence + 1,
         next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = ANY (ARRAY(
         SELECT id FROM payout_link_outbox task
         WHERE handler = $1 AND status = 'WAITING' AND next_attempt_at <= statement_timestamp()
           AND NOT EXISTS (
             SELECT 1 FROM payout_link_outbox earlier
             WHERE earlier.handler = task.handler AND earlier.payout_link_id = task.payout_link_id
               AND earlier.seq < task.seq AND earlier.status = 'WAITING' OFFSET 0)
         ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING id, payout_link_id AS "payoutLinkId", seq, attempts, lease_fence AS "leaseFence",
         trace_parent AS "traceParent"`,
      [handler, limit],
    );
  }

  /** @throws when the link or the change cannot be read: the task is then retried, never treated as done */
  async event({ payoutLinkId, seq }: LeasedTask): Promise<PayoutLinkEvent> {
    const [[link], [change]] = await Promise.all([
      this.database.query<Row>('SELECT * FROM payout_link WHERE id = $1', [payoutLinkId]),
      this.database.query<Row>(
        'SELECT * FROM payout_link_transition WHERE payout_link_id = $1 AND seq = $2',
        [payoutLinkId, seq],
      ),
    ]);
    if (!link || !change) {
      throw new Error(`change ${seq} of payout link ${payoutLinkId} is not in the database`);
    }
    const { from, to, source, effectiveAt } = entityOf(PayoutLinkTransition, change);
    return { link: entityOf(PayoutLink, link), from, to, source, at: effectiveAt };
  }

  async renew({ id, leaseFence }: LeasedTask): Promise<void> {
    await this.database.execute(
      `UPDATE payout_link_outbox SET next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND lease_fence = $2 AND status = 'WAITING'`,
      [id, leaseFence],
    );
  }

  async done({ id, leaseFence }: LeasedTask): Promise<void> {
    await this.database.execute(
      "DELETE FROM payout_link_outbox WHERE id = $1 AND lease_fence = $2 AND status = 'WAITING'",
      [id, leaseFence],
    );
  }

  /** Schedules the task's next attempt; a null wait makes it a dead letter, which blocks no other task. */
  async retry({ id, leaseFence }: LeasedTask, error: string, waitMs: number | null): Promise<void> {
    await this.database.execute(
      `UPDATE payout_link_outbox SET last_error = $3, status = CASE WHEN $4::float8 IS NULL THEN 'DEAD' ELSE status END,
         next_attempt_at = clock_timestamp() + make_interval(secs => coalesce($4::float8, 0))
       WHERE id = $1 AND lease_fence = $2 AND status = 'WAITING'`,
      [id, leaseFence, error.slice(0, 500), waitMs === null ? null : waitMs / 1_000],
    );
  }

  async deadLetters(limit: number): Promise<PayoutLinkOutboxTask[]> {
    const rows = await this.database.query<Row>(
      "SELECT * FROM payout_link_outbox WHERE status = 'DEAD' ORDER BY id LIMIT $1",
      [limit],
    );
    return rows.map((row) => entityOf(PayoutLinkOutboxTask, row));
  }

  /** Queues dead letters again, of one handler or of all. */
  redrive(handler: string | null): Promise<number> {
    return this.database.execute(
      `UPDATE payout_link_outbox SET status = 'WAITING', attempts = 0, lease_fence = lease_fence + 1,
         next_attempt_at = clock_timestamp()
       WHERE status = 'DEAD' AND ($1::text IS NULL OR handler = $1)`,
      [handler],
    );
  }
}
