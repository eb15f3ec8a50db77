import { Injectable } from '@nestjs/common';
import { OPEN_STATUSES } from 'nestjs-payout-links';
import { CUTOFF_LOCK } from 'nestjs-payout-links/unstable';
import { DataSource, type EntityManager, In, IsNull, LessThan } from 'typeorm';
import { businessDateOf, type BusinessDate } from './business-date.js';
import type { SlotsSoFar } from './due-dates.js';
import { ReconciliationRun } from './reconciliation-run.entity.js';
import { RunTakenOverError } from './run-taken-over.error.js';
import { SlotRead } from './slot-read.entity.js';
import type { SlotResult, StoredLines } from './slot-result.js';

/** How the reports of a slot are printed; stored with the slot. */
export type ReportSettings = Pick<ReconciliationRun, 'timezone' | 'language' | 'csvDelimiter'>;

/** A slot as before its reads were finished. */
const REOPENED = `status = 'RUNNING', sealed = false, as_of = NULL, listed = false, key_refused = NULL, result = NULL,
  roll_forward = NULL, manifest_sha256 = NULL, balance = NULL, balance_at = NULL, finished_at = NULL`;

/** All queries on slots. */
@Injectable()
export class SlotRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The database's clock. */
  async now(): Promise<Date> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
    return row!.now;
  }

  /** Whether a business date is over. */
  async isOver(date: BusinessDate, timezone: string): Promise<boolean> {
    return businessDateOf(await this.now(), timezone) > date;
  }

  async soFar(account: string, timezone: string): Promise<SlotsSoFar> {
    const [row] = await this.dataSource.query<SlotsSoFar[]>(
      `WITH slot AS (
         SELECT business_date::text AS date, status = 'FINISHED' AND sealed AS finished
         FROM payout_link_reconciliation_run WHERE account = $1)
       SELECT min(date) FILTER (WHERE finished) AS "firstFinished", max(date) FILTER (WHERE finished) AS "lastFinished",
         min(date) FILTER (WHERE NOT finished) AS "earliestProvisional",
         CASE WHEN count(*) FILTER (WHERE finished) = 0 THEN (
           SELECT (created_at AT TIME ZONE $2)::date::text FROM payout_link WHERE account = $1
           ORDER BY created_at LIMIT 1) END AS "firstLink"
       FROM slot`,
      [account, timezone],
    );
    return row!;
  }

  find(account: string, businessDate: BusinessDate): Promise<ReconciliationRun | null> {
    return this.runs.findOneBy({ account, businessDate });
  }

  /** The last finished slot before a date, with which the reports of that date are compared. */
  findPrevious({ account, businessDate }: ReconciliationRun): Promise<ReconciliationRun | null> {
    return this.runs.findOne({
      where: { account, businessDate: LessThan(businessDate), status: 'FINISHED', sealed: true },
      order: { businessDate: 'DESC' },
    });
  }

  /** The sealed slots before a date with their roll-forwards, oldest first. */
  async recent({ account, businessDate }: ReconciliationRun, atMost: number): Promise<ReconciliationRun[]> {
    const rows = await this.runs.find({
      select: { businessDate: true, rollForward: true },
      where: { account, businessDate: LessThan(businessDate), status: 'FINISHED', sealed: true },
      order: { businessDate: 'DESC' },
      take: atMost,
    });
    return rows.toReversed();
  }

  /** What every finished slot of an account resulted in, latest first. */
  async results(account: string): Promise<ReconciliationRun[]> {
    return this.runs.find({
      select: { businessDate: true, result: true, rollForward: true },
      where: { account, status: 'FINISHED' },
      order: { businessDate: 'DESC' },
    });
  }

  /** The finished slots of an account, latest first. */
  async *finished(account: string): AsyncGenerator<ReconciliationRun, void, void> {
    const rows = await this.runs.find({
      select: { id: true },
      where: { account, status: 'FINISHED' },
      order: { businessDate: 'DESC' },
    });
    for (const { id } of rows) yield await this.runs.findOneByOrFail({ id });
  }

  /** The account's slot with the latest date, whatever its state. */
  findLast(account: string): Promise<ReconciliationRun | null> {
    return this.runs.findOne({ where: { account }, order: { businessDate: 'DESC' } });
  }

  /** Accepts another time zone for the slots after a run. */
  async acceptTimezone({ id }: ReconciliationRun, timezone: string): Promise<void> {
    await this.runs.update({ id }, { nextTimezone: timezone });
  }

  /** Whether a slot whose date was over when it began is waiting for reads. */
  hasOpen(accounts: readonly string[]): Promise<boolean> {
    return this.runs.existsBy({ account: In(accounts), provisional: false, sealed: false });
  }

  /** Creates a slot, or restarts one that has a provisional report. */
  async begin(
    slot: Pick<ReconciliationRun, 'account' | 'businessDate' | 'provisional' | 'slotEnd'> & ReportSettings,
  ): Promise<ReconciliationRun> {
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ id: string }[]>(
        `INSERT INTO payout_link_reconciliation_run (account, business_date, status, provisional, sealed, slot_end,
             listed, reading_number, timezone, language, csv_delimiter, started_at)
           VALUES ($1, $2, 'RUNNING', $3, false, $4, false, 0, $5, $6, $7, clock_timestamp())
           ON CONFLICT (account, business_date) DO UPDATE SET provisional = excluded.provisional,
             slot_end = excluded.slot_end, timezone = excluded.timezone, language = excluded.language,
             csv_delimiter = excluded.csv_delimiter, started_at = excluded.started_at, ${REOPENED}
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

  /** Opens a slot again whose reads are not complete: only what had no usable response is polled again. */
  async reopen({ id }: ReconciliationRun): Promise<ReconciliationRun> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`UPDATE payout_link_reconciliation_run SET ${REOPENED} WHERE id = $1`, [id]);
      await manager.delete(SlotRead, { runId: id, position: IsNull() });
      await manager.query(
        `UPDATE payout_link_reconciliation_read SET last_read_at = NULL, reason = NULL,
           attempts = CASE WHEN outcome = 'UNREACHABLE' THEN 0 ELSE attempts END, outcome = nullif(outcome, 'UNREACHABLE')
         WHERE run_id = $1`,
        [id],
      );
      return manager.findOneByOrFail(ReconciliationRun, { id });
    });
  }

  findById(id: string): Promise<ReconciliationRun | null> {
    return this.runs.findOneBy({ id });
  }

  /**
   * Makes this program the owner of the run: jobs of earlier attempts are ignored, and their program finds that it
   * was replaced.
   */
  async takeOver(run: ReconciliationRun): Promise<ReconciliationRun> {
    await this.dataSource.query(
      `UPDATE payout_link_reconciliation_run SET reading_number = reading_number + 1, key_refused = NULL
       WHERE id = $1`,
      [run.id],
    );
    return this.runs.findOneByOrFail({ id: run.id });
  }

  /**
   * Stores which manifest is about to be put into place, so that a set that a kill leaves there is known.
   * @throws RunTakenOverError when another program has taken the run over
   */
  async announceManifest(
    { id, account, readingNumber }: ReconciliationRun,
    manifestSha256: string,
  ): Promise<void> {
    const [rows] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE payout_link_reconciliation_run
       SET manifest_sha256 = CASE status WHEN 'RUNNING' THEN $3 ELSE manifest_sha256 END
       WHERE id = $1 AND reading_number = $2 RETURNING id`,
      [id, readingNumber, manifestSha256],
    );
    if (rows.length === 0) throw new RunTakenOverError(account);
  }

  async refuseKey(runId: string, httpStatus: number): Promise<void> {
    await this.dataSource.query('UPDATE payout_link_reconciliation_run SET key_refused = $2 WHERE id = $1', [
      runId,
      httpStatus,
    ]);
  }

  /**
   * Sets the as-of of a slot whose polls are done, and stores when each open link was last read. Nothing is
   * recorded while the cutoff lock is held exclusively; when it is released the clock is past the as-of, so
   * nothing that commits later can have an earlier stamp. The slot is sealed when nothing is left to read, or when
   * `seal` says that it waits no longer.
   * @throws RunTakenOverError when another program has taken the run over
   */
  async close(
    run: ReconciliationRun,
    { seal, balance }: { seal: boolean; balance: { available: bigint; at: Date } | null },
  ): Promise<ReconciliationRun> {
    return this.dataSource.transaction('READ COMMITTED', async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', [
        CUTOFF_LOCK,
        run.account,
      ]);
      const [rows] = await manager.query<[unknown[], number]>(
        `UPDATE payout_link_reconciliation_run SET as_of = moment,
           slot_end = CASE WHEN provisional THEN moment ELSE slot_end END, balance = $4, balance_at = $5,
           sealed = NOT provisional AND ($3 OR NOT EXISTS (
             SELECT 1 FROM payout_link_reconciliation_read
             WHERE run_id = $1 AND position IS NOT NULL AND NOT watched AND coalesce(outcome, 'UNREACHABLE') = 'UNREACHABLE'))
         FROM (SELECT date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond' AS moment) AS cutoff
         WHERE id = $1 AND as_of IS NULL AND reading_number = $2 RETURNING id`,
        [run.id, run.readingNumber, seal, balance?.available.toString() ?? null, balance?.at ?? null],
      );
      if (rows.length === 0) throw new RunTakenOverError(run.account);
      await manager.query(
        `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, watched, attempts, last_read_at)
         SELECT $1, id, false, 0, last_read_at FROM payout_link WHERE account = $2 AND status = ANY($3)
         ON CONFLICT (run_id, payout_link_id) DO UPDATE SET last_read_at = excluded.last_read_at`,
        [run.id, run.account, OPEN_STATUSES],
      );
      await manager.query('SELECT pg_sleep(0.002)');
      return manager.findOneByOrFail(ReconciliationRun, { id: run.id });
    });
  }

  /**
   * @param also what is stored in the same transaction
   * @throws RunTakenOverError when another program has taken the run over
   */
  async finish(
    run: ReconciliationRun,
    done: { result: SlotResult; rollForward: StoredLines; manifestSha256: string },
    also: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.writeResult(manager, run, done);
      await also(manager);
    });
  }

  private async writeResult(
    manager: EntityManager,
    run: ReconciliationRun,
    done: { result: SlotResult; rollForward: StoredLines; manifestSha256: string },
  ): Promise<void> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE payout_link_reconciliation_run SET status = 'FINISHED', result = $2, roll_forward = $3, manifest_sha256 = $4,
         finished_at = clock_timestamp()
       WHERE id = $1 AND status = 'RUNNING' AND reading_number = $5 RETURNING id`,
      [
        run.id,
        JSON.stringify(done.result),
        JSON.stringify(done.rollForward),
        done.manifestSha256,
        run.readingNumber,
      ],
    );
    if (rows.length === 0) throw new RunTakenOverError(run.account);
  }

  private get runs() {
    return this.dataSource.getRepository(ReconciliationRun);
  }
}
