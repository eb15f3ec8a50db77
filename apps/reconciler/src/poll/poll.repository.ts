import { Injectable } from '@nestjs/common';
import { OPEN_STATUSES, type PayoutLink, type PayoutLinkStatus } from 'nestjs-payout-links';
import { linkOfRow, PayoutLinksDatabase } from 'nestjs-payout-links/unstable';
import { DataSource } from 'typeorm';
import { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { ReadOutcome } from '../slot/slot-read.entity.js';

/** A range of a slot's polling order, both ends included. */
export interface PositionRange {
  first: number;
  last: number;
}

/** A range of one attempt of a run. */
export interface RangeOfRun extends PositionRange {
  runId: string;
  readingNumber: number;
}

/** A link in the order in which it would be polled. */
export interface PlannedRead {
  externalId: string;
  status: PayoutLinkStatus;
  /** ISO 8601. */
  expiresAt: string | null;
}

/** The result of polling one link. */
export interface Mark {
  payoutLinkId: string;
  /** Null is retried. */
  outcome: ReadOutcome | null;
  /** Why there was no usable response. */
  reason: string | null;
}

/** Days after a success, or after a new link was sent for it, on which a link is polled again. */
const WATCH_DAYS = [1, 3, 7];

/** Watched ones last; otherwise expiring first, then oldest, then largest. */
const ORDER = 'watched, due.expires_at NULLS LAST, due.created_at, due.amount DESC, due.id';

const OPEN_LINKS = `
  SELECT id, false AS watched, expires_at, created_at, amount FROM payout_link
  WHERE account = $2 AND status = ANY($3) AND provider_id IS NOT NULL
    AND (last_read_at IS NULL OR last_read_at < $4)`;

/** The latest of the days on which a link is polled again. */
const dueAt = (since: string) => `
    LATERAL (
      SELECT max(${since} + make_interval(days => day)) AS due_at FROM unnest($6::int[]) AS day
      WHERE ${since} + make_interval(days => day) <= $5) AS watch`;

/** Of the last fortnight, and not read since the latest of their days: paid links, for a reversal … */
const PAID_LINKS = `
  SELECT id, true AS watched, expires_at, created_at, amount FROM payout_link, ${dueAt('status_at')}
  WHERE account = $2 AND status = 'SUCCEEDED' AND provider_id IS NOT NULL
    AND status_at > $5::timestamptz - interval '14 days'
    AND (last_read_at IS NULL OR last_read_at < due_at)`;

/** … and dead ones for which a new link was sent, for a late success. */
const REPLACED_LINKS = `
  SELECT link.id, true AS watched, link.expires_at, link.created_at, link.amount
  FROM payout_link link JOIN payout_link next ON next.reissue_of = link.id, ${dueAt('next.created_at')}
  WHERE link.account = $2 AND link.provider_id IS NOT NULL
    AND NOT (link.status = ANY($3)) AND link.status <> 'SUCCEEDED'
    AND next.created_at > $5::timestamptz - interval '14 days'
    AND (link.last_read_at IS NULL OR link.last_read_at < due_at)`;

const LINKS_TO_POLL = `${OPEN_LINKS} UNION ALL ${PAID_LINKS} UNION ALL ${REPLACED_LINKS}`;

/** All queries on what a slot has to poll. */
@Injectable()
export class PollRepository {
  /** @param database prepares its statements: for those of each job */
  constructor(
    private readonly dataSource: DataSource,
    private readonly database: PayoutLinksDatabase,
  ) {}

  /**
   * Determines, once per opening of the slot, which links a run has to poll: the open ones with a provider id that have
   * not been read since `readSince`, expiring first, then oldest, then largest; after them the watched ones that are
   * due. Links that it listed before keep their place.
   */
  async list(run: ReconciliationRun, readSince: Date): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, position, watched, attempts)
         SELECT $1, id, row_number() OVER (ORDER BY ${ORDER}) + (
             SELECT coalesce(max(position), 0) FROM payout_link_reconciliation_read WHERE run_id = $1),
           watched, 0
         FROM (${LINKS_TO_POLL}) AS due
         ON CONFLICT DO NOTHING`,
        [run.id, run.account, OPEN_STATUSES, readSince, run.slotEnd, WATCH_DAYS],
      );
      await manager.update(ReconciliationRun, { id: run.id }, { listed: true });
    });
    // The slot's rows are new: without statistics, statements about them would read those of every slot.
    await this.dataSource.query('ANALYZE payout_link_reconciliation_read');
  }

  /** What `list` would determine: how many, and the first of them. */
  async plan(
    account: string,
    readSince: Date,
    slotEnd: Date,
    shown: number,
  ): Promise<{ calls: number; order: PlannedRead[] }> {
    const rows = await this.dataSource.query<
      (Omit<PlannedRead, 'expiresAt'> & { expiresAt: Date | null; calls: number })[]
    >(
      `SELECT count(*) OVER ()::int AS calls, link.external_id AS "externalId", link.status,
         link.expires_at AS "expiresAt"
       FROM (${LINKS_TO_POLL}) AS due JOIN payout_link link USING (id)
       ORDER BY ${ORDER} LIMIT $1::int`,
      [shown, account, OPEN_STATUSES, readSince, slotEnd, WATCH_DAYS],
    );
    return {
      calls: rows[0]?.calls ?? 0,
      order: rows.map(({ externalId, status, expiresAt }) => ({
        externalId,
        status,
        expiresAt: expiresAt?.toISOString() ?? null,
      })),
    };
  }

  /** How many links a run has to poll, and how many of them are done. */
  async progress(runId: string): Promise<{ total: number; done: number }> {
    const [row] = await this.dataSource.query<{ total: number; done: number }[]>(
      `SELECT count(*)::int AS total, count(outcome)::int AS done FROM payout_link_reconciliation_read
       WHERE run_id = $1 AND position IS NOT NULL`,
      [runId],
    );
    return row!;
  }

  /** What is still to be polled, in order, in ranges of a few links each. */
  async *unread(runId: string, linksPerRange: number): AsyncGenerator<PositionRange, void, void> {
    const ranges = 250;
    let after = 0;
    for (;;) {
      const rows: PositionRange[] = await this.dataSource.query(
        `SELECT min(position) AS first, max(position) AS last FROM (
           SELECT position, (row_number() OVER (ORDER BY position) - 1) / $3::int AS range
           FROM (
             SELECT position FROM payout_link_reconciliation_read
             WHERE run_id = $1 AND position > $2 AND outcome IS NULL ORDER BY position LIMIT $3::int * $4::int) AS due
         ) AS numbered
         GROUP BY range ORDER BY range`,
        [runId, after, linksPerRange, ranges],
      );
      if (rows.length === 0) return;
      yield* rows;
      after = rows.at(-1)!.last;
    }
  }

  /**
   * The links of a job that are still to be polled, in order; none when its run is closed, stopped, or being polled by a
   * later attempt.
   */
  async linksOf({ runId, readingNumber, first, last }: RangeOfRun): Promise<PayoutLink[]> {
    const rows = await this.database.query<Record<string, unknown>>(
      `SELECT link.* FROM payout_link_reconciliation_read read JOIN payout_link link ON link.id = read.payout_link_id
       WHERE read.run_id = $1 AND read.position BETWEEN $2 AND $3 AND read.outcome IS NULL AND EXISTS (
         SELECT 1 FROM payout_link_reconciliation_run
         WHERE id = $1 AND reading_number = $4 AND as_of IS NULL AND key_refused IS NULL)
       ORDER BY read.position`,
      [runId, first, last, readingNumber],
    );
    return rows.map(linkOfRow);
  }

  /**
   * Records the results of a job's polls. A link without a usable response is given up after some attempts. The run's row
   * is locked FOR SHARE: a slot that is being closed accepts no more.
   */
  async mark(runId: string, marks: readonly Mark[], attempts: number): Promise<void> {
    if (marks.length === 0) return;
    await this.database.execute(
      `WITH slot AS MATERIALIZED (
         SELECT id FROM payout_link_reconciliation_run WHERE id = $1 AND as_of IS NULL FOR SHARE)
       UPDATE payout_link_reconciliation_read AS read
       SET attempts = read.attempts + 1, read_at = clock_timestamp(), reason = given.reason,
         outcome = CASE WHEN given.outcome IS NULL AND read.attempts + 1 >= $4 THEN 'UNREACHABLE' ELSE given.outcome END
       FROM slot, unnest($2::uuid[], $3::text[], $5::text[]) AS given (id, outcome, reason)
       WHERE read.run_id = $1 AND slot.id = $1 AND read.payout_link_id = given.id AND read.outcome IS NULL`,
      [
        runId,
        marks.map(({ payoutLinkId }) => payoutLinkId),
        marks.map(({ outcome }) => outcome),
        attempts,
        marks.map(({ reason }) => reason),
      ],
    );
  }
}
