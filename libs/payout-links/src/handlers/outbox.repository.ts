import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PayoutLink } from '../link/payout-link.entity.js';
import { PayoutLinkTransition } from '../link/transition.entity.js';
import { PAYOUT_LINKS_DATA_SOURCE } from '../payout-links.module-definition.js';
import type { PayoutLinkHandler } from './handler.explorer.js';
import { PayoutLinkOutboxTask } from './outbox.entity.js';
import type { PayoutLinkEvent } from './payout-link.event.js';

/** A task that this process has to itself for a while. */
export interface TakenTask {
  id: string;
  payoutLinkId: string;
  seq: number;
  attempts: number;
}

/** Every query on the outbox but the one that fills it, which is the recorder's. */
@Injectable()
export class OutboxRepository {
  constructor(@Inject(PAYOUT_LINKS_DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Says that handlers exist: from now on changes are kept for them, whichever process records them. */
  async register(handlers: readonly PayoutLinkHandler[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO payout_link_handler (name, statuses, last_seen_at)
       SELECT name, CASE WHEN statuses = '*' THEN NULL ELSE string_to_array(statuses, ' ') END, clock_timestamp()
       FROM unnest($1::text[], $2::text[]) AS given (name, statuses) ORDER BY name
       ON CONFLICT (name) DO UPDATE SET statuses = excluded.statuses, last_seen_at = excluded.last_seen_at`,
      [handlers.map(({ name }) => name), handlers.map(({ statuses }) => statuses?.join(' ') ?? '*')],
    );
  }

  /** Takes tasks of a handler that are due, never two of one link, the earliest of each first. */
  async take(handler: string, limit: number, holdSeconds: number): Promise<TakenTask[]> {
    const [rows] = await this.dataSource.query<[TakenTask[], number]>(
      `UPDATE payout_link_outbox SET attempts = attempts + 1,
         next_attempt_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id IN (
         SELECT id FROM payout_link_outbox task
         WHERE handler = $1 AND status = 'WAITING' AND next_attempt_at <= clock_timestamp()
           AND NOT EXISTS (
             SELECT 1 FROM payout_link_outbox earlier
             WHERE earlier.handler = task.handler AND earlier.payout_link_id = task.payout_link_id
               AND earlier.seq < task.seq AND earlier.status = 'WAITING')
         ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id, payout_link_id AS "payoutLinkId", seq, attempts`,
      [handler, limit, holdSeconds],
    );
    return rows;
  }

  /** What the handler is to be told; null when the link's history has been removed. */
  async event({ payoutLinkId, seq }: TakenTask): Promise<PayoutLinkEvent | null> {
    const [link, transition] = await Promise.all([
      this.dataSource.getRepository(PayoutLink).findOneBy({ id: payoutLinkId }),
      this.dataSource.getRepository(PayoutLinkTransition).findOneBy({ payoutLinkId, seq }),
    ]);
    if (!link || !transition) return null;
    const { from, to, source, effectiveAt } = transition;
    return { link, from, to, source, at: effectiveAt };
  }

  /** Keeps the task to this process while its handler is still at work. */
  async hold(id: string, seconds: number): Promise<void> {
    await this.dataSource.query(
      'UPDATE payout_link_outbox SET next_attempt_at = clock_timestamp() + make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
  }

  async done(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM payout_link_outbox WHERE id = $1', [id]);
  }

  /** The task is tried again after the wait; a dead letter, which holds nobody up, when there is none. */
  async failed(id: string, error: string, waitMs: number | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE payout_link_outbox SET last_error = $2, status = CASE WHEN $3::float8 IS NULL THEN 'DEAD' ELSE status END,
         next_attempt_at = clock_timestamp() + make_interval(secs => coalesce($3::float8, 0)) WHERE id = $1`,
      [id, error.slice(0, 500), waitMs === null ? null : waitMs / 1_000],
    );
  }

  deadLetters(limit: number): Promise<PayoutLinkOutboxTask[]> {
    return this.dataSource
      .getRepository(PayoutLinkOutboxTask)
      .find({ where: { status: 'DEAD' }, order: { id: 'ASC' }, take: limit });
  }

  /** Puts dead letters back to work, of one handler or of all. */
  async redrive(handler: string | null): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `UPDATE payout_link_outbox SET status = 'WAITING', attempts = 0, next_attempt_at = clock_timestamp()
       WHERE status = 'DEAD' AND ($1::text IS NULL OR handler = $1)`,
      [handler],
    );
    return count;
  }
}
