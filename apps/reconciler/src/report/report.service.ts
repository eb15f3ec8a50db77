import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { SlotRepository } from '../slot/slot.repository.js';
import type { Coverage, OpenTotals, SlotResult } from '../slot/slot-result.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { COVERAGE_SQL, type CoverageRow } from './coverage.sql.js';
import { writeCsv, type Columns, type FileSummary, type Money } from './csv.js';
import {
  discrepancyColumns,
  discrepancyRows,
  DISCREPANCIES_SQL,
  OPEN_STATES_SQL,
  type DiscrepancyRow,
  type OpenLinkState,
} from './discrepancies.report.js';
import { failureColumns, FAILURES_SQL, type FailureRow } from './failures.report.js';
import { manifestText, parseManifest, parseSummary } from './manifest.js';
import {
  KEEP_LAST_READS_SQL,
  OPEN_LINKS_SQL,
  openLinkColumns,
  type OpenLinkRow,
} from './open-links.report.js';
import { writePage } from './page/page.report.js';
import { PageTallies } from './page/page.tallies.js';
import { ReportDiffersError } from './report-differs.error.js';
import { exists, replaceReportSet, reportSetFolder } from './report-set.js';
import { ReportRepository } from './report.repository.js';
import { differencesOf, rollForward, type Movement } from './roll-forward.js';
import { MOVEMENTS_SQL, ROLL_FORWARD_COLUMNS, rollForwardRows } from './roll-forward.report.js';
import { slotParameters } from './slot-history.js';

/** The result of a written report set. */
export interface WrittenReport {
  result: SlotResult;
  closing: OpenTotals;
  manifestSha256: string;
  /** Regenerated, and different from before. */
  differs: boolean;
}

/** The files of a set except page and manifest, and their totals. */
interface Tables {
  files: Record<string, FileSummary>;
  tallies: PageTallies;
  closing: OpenTotals;
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
    const previous = await this.slots.findPrevious(run);
    await this.queries.all(KEEP_LAST_READS_SQL, [...slotParameters(run, previous), run.id]);
  }

  /** The rows of a slot's `failures.csv`. */
  async *failures(run: ReconciliationRun): AsyncGenerator<FailureRow, void, void> {
    const previous = await this.slots.findPrevious(run);
    yield* this.queries.stream<FailureRow>(FAILURES_SQL, slotParameters(run, previous));
  }

  /**
   * @throws RunTakenOverError when another program has taken the run over
   * @throws ReportDiffersError when a finished set would change; the existing set is then kept
   */
  async write(run: ReconciliationRun): Promise<WrittenReport> {
    const previous = await this.slots.findPrevious(run);
    const slot = slotParameters(run, previous);
    const { transitions, ...coverage } = await this.coverage(run, slot);
    const folder = reportSetFolder(this.options.reportsDir, run.account, run.businessDate);
    return replaceReportSet(folder, async (temporary) => {
      const tables = await this.writeTables(run, previous, temporary);
      const { closing, rollForward: byCurrency, tallies } = tables;
      const page = { run, tallies, rollForward: byCurrency, coverage };
      const files: Tables['files'] = {
        ...tables.files,
        'report.html': await writePage(join(temporary, 'report.html'), this.queries, slot, page),
      };
      const text = manifestText(run, this.options, coverage, previous?.manifestSha256 ?? null, files);
      await writeFile(join(temporary, 'manifest.json'), text, { flush: true });
      await this.slots.requireOurs(run);
      const manifestSha256 = createHash('sha256').update(text).digest('hex');
      const differs = run.manifestSha256 !== null && run.manifestSha256 !== manifestSha256;
      if (differs && (await exists(folder)))
        throw new ReportDiffersError(folder, await changedFiles(folder, files));
      const result = {
        account: run.account,
        date: run.businessDate,
        provisional: run.provisional,
        asOf: run.asOf!.toISOString(),
        reportSet: folder,
        coverage,
        transitions,
        failures: files['failures.csv']!.rows,
        discrepancies: files['discrepancies.csv']!.rows,
        footed: this.isBalanced(run, byCurrency),
      };
      return { closing, manifestSha256, differs, result };
    });
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
      rows: AsyncIterable<Row>,
      money?: (row: Row) => Money,
    ) => {
      const options = { delimiter: run.csvDelimiter, money, twin: workbook.sheet(name) };
      files[`${name}.csv`] = await writeCsv(join(folder, `${name}.csv`), columns, rows, options);
    };

    const slot = slotParameters(run, previous);
    const tallies = new PageTallies(run);
    const failures = this.queries.stream<FailureRow>(FAILURES_SQL, slot);
    await write('failures', failureColumns(run), seen(failures, tallies.failure), moneyOf);
    const closing = new ClosingTotals();
    const openLinks = seen(this.queries.stream<OpenLinkRow>(OPEN_LINKS_SQL, [...slot, run.id]), (row) => {
      closing.add(row);
      tallies.openLink(row);
    });
    await write('open-links', openLinkColumns(run), openLinks, moneyOf);
    const discrepancies = discrepancyRows(
      this.queries.stream<DiscrepancyRow>(DISCREPANCIES_SQL, slot),
      this.queries.stream<OpenLinkState>(OPEN_STATES_SQL, slot),
      run.slotEnd,
    );
    await write('discrepancies', discrepancyColumns(run), seen(discrepancies, tallies.discrepancy));
    const byCurrency = rollForward(previous?.closing ?? {}, await this.movements(slot), closing.totals);
    await write('roll-forward', ROLL_FORWARD_COLUMNS, fromArray(rollForwardRows(run.account, byCurrency)));
    files['report.xlsx'] = await workbook.close();
    return { files, tallies, closing: closing.totals, rollForward: byCurrency };
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
  ): Promise<Coverage & Pick<CoverageRow, 'transitions'>> {
    const [row] = await this.queries.all<CoverageRow>(COVERAGE_SQL, [...slot, run.id]);
    const { byPoll, byWebhook, ...counts } = row!;
    return {
      ...counts,
      firstSeenByPoll: byPoll + byWebhook === 0 ? null : byPoll / (byPoll + byWebhook),
    };
  }

  private async movements(slot: unknown[]): Promise<Movement[]> {
    const rows = await this.queries.all<Omit<Movement, 'amount'> & { amount: string }>(MOVEMENTS_SQL, slot);
    return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
  }
}

/** The files in a folder that differ from its manifest. */
async function changedFiles(folder: string, files: Readonly<Record<string, FileSummary>>): Promise<string[]> {
  const manifest = parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => ''));
  return Object.entries(files)
    .filter(([name, { sha256 }]) => parseSummary(manifest?.files[name])?.sha256 !== sha256)
    .map(([name]) => name);
}

/** Sums open links from the printed rows, not from another query. */
class ClosingTotals {
  readonly totals: OpenTotals = {};

  add(row: OpenLinkRow): void {
    const before = this.totals[row.currency] ?? { count: 0, amount: '0' };
    this.totals[row.currency] = {
      count: before.count + 1,
      amount: (BigInt(before.amount) + BigInt(row.amount)).toString(),
    };
  }
}

/** Passes every row to a callback. */
async function* seen<Row>(
  rows: AsyncIterable<Row>,
  see: (row: Row) => void,
): AsyncGenerator<Row, void, void> {
  for await (const row of rows) {
    see(row);
    yield row;
  }
}

function moneyOf({ currency, status, amount }: { currency: string; status: string; amount: string }): Money {
  return { currency, status, amount: BigInt(amount) };
}

async function* fromArray<Row>(rows: readonly Row[]): AsyncGenerator<Row, void, void> {
  yield* rows;
}
