import { Injectable } from '@nestjs/common';
import { OPEN_STATUSES, PayoutLink } from 'nestjs-payout-links';
import { DataSource, In, LessThan } from 'typeorm';
import type { BusinessDate } from './business-date.js';
import type { SlotsSoFar } from './due-dates.js';
import { ReconciliationRun } from './reconciliation-run.entity.js';
import { SlotRead, type ReadOutcome } from './slot-read.entity.js';
import type { OpenTotals, SlotResult } from './slot-result.js';

/** How the reports of a slot are to be printed; kept with the slot. */
export type ReportSettings = Pick<ReconciliationRun, 'timezone' | 'language' | 'csvDelimiter'>;

const UNREAD_AT_A_TIME = 200;

/** Every query on slots and their reads. */
@Injectable()
export class SlotRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The database's clock. */
  async now(): Promise<Date> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
    return row!.now;
  }

  async soFar(account: string): Promise<SlotsSoFar> {
    const [row] = await this.dataSource.query<SlotsSoFar[]>(
      `WITH slot AS (
         SELECT business_date::text AS date, status = 'FINISHED' AND NOT provisional AS finished, provisional
         FROM payout_link_reconciliation_run WHERE account = $1)
       SELECT min(date) FILTER (WHERE finished) AS "firstFinished", max(date) FILTER (WHERE finished) AS "lastFinished",
         min(date) FILTER (WHERE NOT finished) AS "earliestProvisional" FROM slot`,
      [account],
    );
    return row!;
  }

  find(account: string, businessDate: BusinessDate): Promise<ReconciliationRun | null> {
    return this.runs.findOneBy({ account, businessDate });
  }

  /** The last finished slot before a date: what the reports of that date are compared with. */
  findPrevious({ account, businessDate }: ReconciliationRun): Promise<ReconciliationRun | null> {
    return this.runs.findOne({
      where: { account, businessDate: LessThan(businessDate), status: 'FINISHED', provisional: false },
      order: { businessDate: 'DESC' },
    });
  }

  /** Begins a slot afresh, or again where a provisional report of it exists. */
  async begin(
    slot: Pick<ReconciliationRun, 'account' | 'businessDate' | 'provisional' | 'slotEnd'> & ReportSettings,
  ): Promise<ReconciliationRun> {
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ id: string }[]>(
        `INSERT INTO payout_link_reconciliation_run (account, business_date, status, provisional, slot_end, listed,
             timezone, language, csv_delimiter, started_at)
           VALUES ($1, $2, 'RUNNING', $3, $4, false, $5, $6, $7, clock_timestamp())
           ON CONFLICT (account, business_date) DO UPDATE SET status = 'RUNNING', provisional = excluded.provisional,
             slot_end = excluded.slot_end, as_of = NULL, listed = false, timezone = excluded.timezone,
             language = excluded.language, csv_delimiter = excluded.csv_delimiter, result = NULL, closing = NULL,
             manifest_sha256 = NULL, started_at = excluded.started_at, finished_at = NULL
           RETURNING id`,
        [
          slot.account,
          slot.businessDate,
          slot.provisional,
          slot.slotEnd,
          slot.timezone,
          slot.language,
          slot.csvDelimiter,
        ],
      );
      const { id } = rows[0]!;
      await manager.delete(SlotRead, { runId: id });
      return manager.findOneByOrFail(ReconciliationRun, { id });
    });
  }

  /**
   * Settles once which links the run has to read: the open ones with a provider id that have not been read since
   * `readSince`; expiring first, then oldest, then largest.
   */
  async list(run: ReconciliationRun, readSince: Date): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, position)
         SELECT $1, id, row_number() OVER (ORDER BY expires_at NULLS LAST, created_at, amount DESC, id)
         FROM payout_link
         WHERE account = $2 AND status = ANY($3) AND provider_id IS NOT NULL
           AND (last_read_at IS NULL OR last_read_at < $4)`,
        [run.id, run.account, OPEN_STATUSES, readSince],
      );
      await manager.update(ReconciliationRun, { id: run.id }, { listed: true });
    });
  }

  /** How many links the run has to read, and how many of them it has. */
  async progress(runId: string): Promise<{ total: number; done: number }> {
    const [row] = await this.dataSource.query<{ total: number; done: number }[]>(
      `SELECT count(*)::int AS total, count(outcome)::int AS done FROM payout_link_reconciliation_read
       WHERE run_id = $1 AND position IS NOT NULL`,
      [runId],
    );
    return row!;
  }

  /** The links that are still to be read, in order, a few at a time. */
  async *unread(runId: string): AsyncGenerator<PayoutLink, void, void> {
    let after = 0;
    for (;;) {
      const rows = await this.dataSource.query<{ id: string; position: number }[]>(
        `SELECT payout_link_id AS id, position FROM payout_link_reconciliation_read
         WHERE run_id = $1 AND position > $2 AND outcome IS NULL ORDER BY position LIMIT $3`,
        [runId, after, UNREAD_AT_A_TIME],
      );
      if (rows.length === 0) return;
      const links = await this.dataSource
        .getRepository(PayoutLink)
        .findBy({ id: In(rows.map(({ id }) => id)) });
      const byId = new Map(links.map((link) => [link.id, link]));
      for (const { id } of rows) yield byId.get(id)!;
      after = rows.at(-1)!.position;
    }
  }

  async mark(runId: string, payoutLinkId: string, outcome: ReadOutcome): Promise<void> {
    await this.dataSource.query(
      `UPDATE payout_link_reconciliation_read SET outcome = $3, read_at = clock_timestamp()
       WHERE run_id = $1 AND payout_link_id = $2`,
      [runId, payoutLinkId, outcome],
    );
  }

  /**
   * Takes the as-of of a slot whose reads are done. While the cut is held alone nobody records; when it is let go the
   * clock is past the as-of, so nothing that commits later can bear an earlier stamp.
   */
  async close(run: ReconciliationRun): Promise<ReconciliationRun> {
    return this.dataSource.transaction('READ COMMITTED', async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock(hashtext('payout_link_cut'), hashtext($1))", [
        run.account,
      ]);
      await manager.query(
        `UPDATE payout_link_reconciliation_run SET as_of = moment,
           slot_end = CASE WHEN provisional THEN moment ELSE slot_end END
         FROM (SELECT date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond' AS moment) AS cut
         WHERE id = $1`,
        [run.id],
      );
      await manager.query('SELECT pg_sleep(0.002)');
      return manager.findOneByOrFail(ReconciliationRun, { id: run.id });
    });
  }

  async finish(
    run: ReconciliationRun,
    done: { result: SlotResult; closing: OpenTotals; manifestSha256: string },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE payout_link_reconciliation_run SET status = 'FINISHED', result = $2, closing = $3, manifest_sha256 = $4,
         finished_at = clock_timestamp() WHERE id = $1`,
      [run.id, JSON.stringify(done.result), JSON.stringify(done.closing), done.manifestSha256],
    );
  }

  private get runs() {
    return this.dataSource.getRepository(ReconciliationRun);
  }
}
