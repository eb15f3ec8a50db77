import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder, MANIFEST, type Coverage } from 'app-runtime';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SlotDigestCollector, type SlotDigest } from '../delivery/slot-digest.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { SlotRepository } from '../slot/slot.repository.js';
import type { SlotResult, StoredLines } from '../slot/slot-result.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { DECISION_WORDS } from './decision-word.js';
import { catalogueLine } from '../discrepancies/catalogue-line.js';
import { COVERAGE_SQL, type CoverageRow, type UnreadLink } from './coverage.sql.js';
import { writeCsv, type Columns, type FileSummary, type Money } from './csv.js';
import {
  discrepancyColumns,
  discrepancyRows,
  DISCREPANCIES_SQL,
  OPEN_STATES_SQL,
  type DiscrepancyRow,
  type OpenLinkState,
} from './discrepancies.report.js';
import { FAILURE_EVENTS_SQL, type FailureEventRow } from './failure-lines.sql.js';
import { DONE_CHANGES, failureColumns, FAILURES_SQL, type FailureRow } from './failures.report.js';
import { manifestText, summaryOf } from './manifest.js';
import { readManifest } from './read-manifest.js';
import {
  KEEP_LAST_READS_SQL,
  OPEN_LINKS_SQL,
  openLinkColumns,
  type OpenLinkRow,
} from './open-links.report.js';
import { writePage } from './page/page.report.js';
import { indexText } from './page/index.html.js';
import { replaceFile } from './replace-file.js';
import { PageTallies } from './page/page.tallies.js';
import { TREND_SLOTS, trendOf } from './page/trend.js';
import { ForeignReportSetError } from './foreign-report-set.error.js';
import { isForeignSet, keepSuperseded } from './foreign-report-set.js';
import { ReportDiffersError } from './report-differs.error.js';
import { exists, replaceReportSet, reportSetFolder } from './report-set.js';
import { isOnlyRedacted, RedactedRows, sha256OfText, type Redaction } from './redaction.js';
import { ReportRepository } from './report.repository.js';
import { differencesOf, rollForward, storedLines, totalFailures } from './roll-forward.js';
import { movementsOf, ROLL_FORWARD_COLUMNS, rollForwardRows } from './roll-forward.report.js';
import { Sums } from './sums.js';
import { fromArray, seen, type Batches } from './rows.js';
import type { SheetLayout } from './workbook/sheet.writer.js';
import { atSlotEnd, slotParameters } from './slot-history.js';

/** The result of a written report set. */
export interface WrittenReport {
  result: SlotResult;
  rollForward: StoredLines;
  manifestSha256: string;
  /** What messages about the set say. */
  digest: SlotDigest;
  /** Regenerated, and different from before. */
  differs: boolean;
}

/** The files of a set except page and manifest, and their totals. */
interface Tables {
  files: Record<string, FileSummary>;
  tallies: PageTallies;
  digest: SlotDigestCollector;
  redacted: RedactedRows;
  rollForward: ReturnType<typeof rollForward>;
}

/** Writes the report set of a closed slot, from the history as of its end. */
@Injectable()
export class ReportService {
  private readonly logger = new Logger(ReportService.name);

  constructor(
    private readonly slots: SlotRepository,
    private readonly queries: ReportRepository,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** Stores with the slot what cannot be determined later. */
  async keepLastReads(run: ReconciliationRun): Promise<void> {
    await this.queries.all(KEEP_LAST_READS_SQL, [...atSlotEnd(run), run.id]);
  }

  /** The rows of a slot's `failures.csv`. */
  async *failures(run: ReconciliationRun): AsyncGenerator<FailureRow, void, void> {
    const previous = await this.slots.findPrevious(run);
    const batches = this.queries.stream<FailureRow>(FAILURES_SQL, slotParameters(run, previous));
    for await (const rows of batches) yield* rows;
  }

  /** What messages about a finished slot say. */
  async digest(run: ReconciliationRun): Promise<SlotDigest> {
    const collector = new SlotDigestCollector(run);
    for await (const row of this.failures(run)) collector.add(row);
    return collector.digest(run.rollForward ?? {});
  }

  /** @throws ForeignReportSetError when a sealed set of another database is in the place of this slot's */
  async refuseForeignSet(run: ReconciliationRun): Promise<void> {
    const folder = this.folderOf(run);
    if (await isForeignSet(folder, [run.manifestSha256]))
      throw new ForeignReportSetError(folder, run.businessDate);
  }

  /**
   * @param how `supersede`: keeps a sealed set of another database under another name
   * @throws RunTakenOverError when another program has taken the run over
   * @throws ReportDiffersError when a finished set would change; the existing set is then kept
   * @throws ForeignReportSetError
   */
  async write(
    run: ReconciliationRun,
    { supersede = false }: { supersede?: boolean } = {},
  ): Promise<WrittenReport> {
    const previous = await this.slots.findPrevious(run);
    const slot = slotParameters(run, previous);
    const { transitions, unread, coverage } = await this.coverage(run, slot);
    const folder = this.folderOf(run);
    return replaceReportSet(folder, async (temporary) => {
      const tables = await this.writeTables(run, previous, temporary);
      const { rollForward: byCurrency, tallies } = tables;
      const lines = storedLines(byCurrency);
      const slots = await this.slots.recent(run, TREND_SLOTS - 1);
      const trend = trendOf([
        ...slots.map(({ businessDate, rollForward: stored }) => ({ date: businessDate, lines: stored })),
        { date: run.businessDate, lines },
      ]);
      const page = { run, tallies, rollForward: byCurrency, coverage, unread, trend };
      const files: Tables['files'] = {
        ...tables.files,
        'report.html': await writePage(join(temporary, 'report.html'), this.queries, slot, page),
      };
      const textWith = (redacted?: Redaction) =>
        manifestText(run, this.options, coverage, previous?.manifestSha256 ?? null, files, redacted);
      const manifestSha256 = sha256OfText(textWith());
      const { count: rows } = tables.redacted;
      if (await isForeignSet(folder, [run.manifestSha256, manifestSha256], { orRedacted: rows > 0 })) {
        if (!supersede) throw new ForeignReportSetError(folder, run.businessDate);
        await keepSuperseded(folder);
      }
      const issued = run.status === 'FINISHED' ? run.manifestSha256 : null;
      const hasChanged = issued !== null && issued !== manifestSha256;
      const changed = hasChanged && (await exists(folder)) ? await changedFiles(folder, files) : [];
      const isRedacted = hasChanged && rows > 0 && (await isOnlyRedacted(changed, folder, temporary));
      const differs = hasChanged && !isRedacted;
      if (differs && (await exists(folder))) throw new ReportDiffersError(folder, changed);
      const text = textWith(isRedacted ? { rows, issuedManifestSha256: issued } : undefined);
      await writeFile(join(temporary, MANIFEST), text, { flush: true });
      // Printed again without some recipients, the set stays the one that was issued.
      if (!isRedacted) await this.slots.announceManifest(run, manifestSha256);
      const result = {
        account: run.account,
        date: run.businessDate,
        provisional: !run.sealed,
        incomplete: coverage.unreachable > 0,
        asOf: run.asOf!.toISOString(),
        reportSet: folder,
        coverage,
        transitions,
        failures: files['failures.csv']!.rows,
        discrepancies: files['discrepancies.csv']!.rows,
        footed: this.isBalanced(run, byCurrency),
      };
      return {
        rollForward: lines,
        manifestSha256: isRedacted ? issued : manifestSha256,
        digest: tables.digest.digest(lines),
        differs,
        result,
      };
    });
  }

  /** Writes `index.html` beside the account's sets; one that cannot be written is logged, and written by the next run. */
  async writeIndex(account: string): Promise<void> {
    const slots = (await this.slots.results(account)).flatMap(
      ({ businessDate, rollForward: lines, result }) =>
        result ? [{ businessDate, rollForward: lines, result }] : [],
    );
    if (slots.length === 0) return;
    try {
      const { reportsDir, report } = this.options;
      const folder = resolve(reportsDir, account);
      const text = indexText(account, report.language, slots);
      await makeFolder(folder);
      await replaceFile(join(folder, 'index.html'), (temporary) =>
        writeFile(temporary, text, { flush: true }),
      );
    } catch (error) {
      this.logger.warn(`${account}: index.html was not written (${(error as Error).message})`);
    }
  }

  private folderOf({ account, businessDate }: ReconciliationRun): string {
    return reportSetFolder(this.options.reportsDir, account, businessDate);
  }

  /** Writes the CSV files and the workbook, each row queried once. */
  private async writeTables(
    run: ReconciliationRun,
    previous: ReconciliationRun | null,
    folder: string,
  ): Promise<Tables> {
    // Its library is only loaded to write a workbook.
    const { WorkbookWriter } = await import('./workbook/workbook.writer.js');
    const properties = {
      title: `${run.account} ${run.businessDate}`,
      creator: this.options.generator,
      at: run.asOf!,
    };
    const workbook = new WorkbookWriter(join(folder, 'report.xlsx'), { language: run.language, properties });
    const files: Record<string, FileSummary> = {};
    const write = async <Row>(
      name: string,
      columns: Columns<Row>,
      rows: Batches<Row>,
      money?: (row: Row) => Money | null,
    ) => {
      const twin = workbook.sheet(name, LAYOUTS[name]);
      const options = { delimiter: run.csvDelimiter, money, twin };
      files[`${name}.csv`] = await writeCsv(join(folder, `${name}.csv`), columns, rows, options);
    };

    const slot = slotParameters(run, previous);
    const tallies = new PageTallies(run);
    const digest = new SlotDigestCollector(run);
    const redacted = new RedactedRows(run);
    const failures = this.queries.stream<FailureRow>(FAILURES_SQL, slot);
    // Of the printed rows, not of another query.
    const [closing, failuresClosing, failuresBefore] = [new Sums(), new Sums(), new Sums()];
    const seenFailures = seen(failures, (row) => {
      redacted.add(row);
      if (row.failingBefore) failuresBefore.add(row);
      if (!DONE_CHANGES.includes(row.change)) failuresClosing.add(row);
      tallies.failure(row);
      digest.add(row);
    });
    await write('failures', failureColumns(run), seenFailures, (row) =>
      DONE_CHANGES.includes(row.change) ? null : moneyOf(row),
    );
    const openLinks = seen(
      this.queries.stream<OpenLinkRow>(OPEN_LINKS_SQL, [...atSlotEnd(run), run.id]),
      (row) => {
        redacted.add(row);
        closing.add(row);
        tallies.openLink(row);
      },
    );
    await write('open-links', openLinkColumns(run), openLinks, moneyOf);
    const discrepancies = discrepancyRows(
      this.queries.stream<DiscrepancyRow>(DISCREPANCIES_SQL, slot),
      this.queries.stream<OpenLinkState>(OPEN_STATES_SQL, atSlotEnd(run)),
      run.slotEnd,
    );
    const newCodes: DiscrepancyRow[] = [];
    const seenDiscrepancies = seen(discrepancies, (row) => {
      if (row.type === 'UNKNOWN_FAILURE_CODE') newCodes.push(row);
      tallies.discrepancy(row);
    });
    await write('discrepancies', discrepancyColumns(run), seenDiscrepancies);
    for (const { providerValue } of newCodes) {
      this.logger.warn(
        `${run.account} ${run.businessDate}: new failure code ${JSON.stringify(providerValue)}. ` +
          `When its meaning is known, add it to FAILURE_CATALOGUE: ${catalogueLine(providerValue)}`,
      );
    }
    const byCurrency = rollForward({
      previous: previous?.rollForward ?? null,
      movements: await movementsOf(this.queries, slot),
      failures: await totalFailures(this.queries.stream<FailureEventRow>(FAILURE_EVENTS_SQL, slot)),
      closing: closing.byCurrency,
      failuresClosing: failuresClosing.byCurrency,
      failuresBefore: failuresBefore.byCurrency,
    });
    await write('roll-forward', ROLL_FORWARD_COLUMNS, fromArray(rollForwardRows(run.account, byCurrency)));
    files['report.xlsx'] = await workbook.close();
    return { files, tallies, digest, redacted, rollForward: byCurrency };
  }

  /** Logs each difference, in every currency. */
  private isBalanced(run: ReconciliationRun, byCurrency: Tables['rollForward']): boolean {
    const differences = differencesOf(byCurrency);
    for (const difference of differences) {
      this.logger.error(`${run.account} ${run.businessDate} does not balance. ${difference}`);
    }
    return differences.length === 0;
  }

  private async coverage(
    run: ReconciliationRun,
    slot: unknown[],
  ): Promise<{ coverage: Coverage; unread: readonly UnreadLink[]; transitions: number }> {
    const [row] = await this.queries.all<CoverageRow>(COVERAGE_SQL, [...slot, run.id]);
    const { open, read, unread, unconfirmed, watched, byPoll, byWebhook, transitions } = row!;
    const reasons: Record<string, number> = {};
    for (const { reason } of unread) reasons[reason] = (reasons[reason] ?? 0) + 1;
    const coverage = {
      open,
      read,
      unreachable: unread.length,
      unreachableLinks: unread.map(({ externalId }) => externalId),
      reasons,
      unconfirmed,
      watched,
      firstSeenByPoll: byPoll + byWebhook === 0 ? null : byPoll / (byPoll + byWebhook),
    };
    return { coverage, unread, transitions };
  }
}

/** How the sheets are laid out: what identifies a row stays in view. */
const LAYOUTS: Readonly<Record<string, SheetLayout>> = {
  failures: {
    frozenColumns: 2,
    // Up to the note: what people work with.
    printedColumns: 14,
    choices: { column: 'decision', words: DECISION_WORDS },
  },
  'open-links': { frozenColumns: 1 },
  discrepancies: { frozenColumns: 2 },
};

/** The files in a folder that differ from its manifest. */
async function changedFiles(folder: string, files: Readonly<Record<string, FileSummary>>): Promise<string[]> {
  const found = await readManifest(folder);
  return Object.entries(files)
    .filter(([name, { sha256 }]) => (found && summaryOf(found.manifest, name))?.sha256 !== sha256)
    .map(([name]) => name);
}

function moneyOf({ currency, status, amount }: { currency: string; status: string; amount: string }): Money {
  return { currency, status, amount: BigInt(amount) };
}
