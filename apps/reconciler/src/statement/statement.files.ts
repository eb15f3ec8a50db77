import { cp, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { writeCsv, type FileSummary } from '../report/csv.js';
import { MANIFEST } from 'app-runtime';
import { replaceReportSet } from '../report/report-set.js';
import { fromArray, seen } from '../report/rows.js';
import { manifestFiles } from '../report/manifest.js';
import { writeText } from '../report/write-text.js';
import type { KeptFile } from './kept-files.js';
import { FINDINGS, MATCH_RESULTS, type MatchPeriod, type MatchResult } from './match.js';
import type { MatchRequest } from './match-request.js';
import { isKeptName, type KeptStatement, type StatementManifest } from './statement-manifest.js';
import { differenceOf, matchColumns, summaryColumns } from './statement.reports.js';
import type { StatementSession, StoredMatch } from './statement.session.js';
import { RowTotals, summarise, type CountedAmount, type Summary } from './summary.js';

/** The result of a match, as `--json` prints it. */
export interface MatchOutcome {
  account: string;
  from: string;
  to: string;
  /** The folder of the set. */
  reportSet: string;
  results: Record<MatchResult, CountedAmount>;
  fees: string;
  vat: string;
  balanced: boolean;
  /** Rows to act on. */
  findings: number;
  /** Findings whose link had no usable response when it was read again. */
  unread: number;
  statements: readonly KeptStatement[];
}

/** What a set is written from, within the snapshot of its match. */
export interface StatementSet {
  request: Pick<MatchRequest, 'account' | 'from' | 'to' | 'references' | 'signal'>;
  period: MatchPeriod;
  session: StatementSession;
  statements: readonly KeptStatement[];
  kept: readonly KeptFile[];
}

/** Findings that the page lists; `matches.csv` has them all. */
const FINDINGS_SHOWN = 100;

/** Of `matches.csv`, up to the times: what fits a page. */
const PRINTED_COLUMNS = 13;

/** Writes the statement set of a match: `REPORTS_DIR/<account>/statements/<from>_<to>/`. */
@Injectable()
export class StatementFiles {
  private readonly logger = new Logger('Match');

  constructor(@Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions) {}

  /** @throws ReportNotWrittenError when the disk refuses; an earlier set stays as it was */
  write(set: StatementSet): Promise<MatchOutcome> {
    const { account, from, to } = set.request;
    const folder = resolve(this.options.reportsDir, account, 'statements', `${from}_${to}`);
    return replaceReportSet(folder, (temporary) => this.fill(set, folder, temporary), isKeptName);
  }

  private async fill(
    { request, period, session, statements, kept }: StatementSet,
    folder: string,
    temporary: string,
  ): Promise<MatchOutcome> {
    const { account, from, to } = request;
    const { generator, report } = this.options;
    const settings = { account, timezone: report.timezone, language: report.language };
    const asOf = await session.asOf();
    // Their libraries are only loaded to write a set.
    const { WorkbookWriter } = await import('../report/workbook/workbook.writer.js');
    const { matchPageText } = await import('./page/match.page.js');
    const workbook = new WorkbookWriter(join(temporary, 'match.xlsx'), {
      language: report.language,
      properties: { title: `${account} ${from} ${to}`, creator: generator, at: asOf },
    });
    const totals = new RowTotals();
    const shown: StoredMatch[] = [];
    let unread = 0;
    const rows = seen(session.matches(), (match) => {
      request.signal.throwIfAborted();
      const { result, payment, link, isUnread } = match;
      totals.add(result, BigInt(payment?.amount ?? link!.amount), differenceOf(match));
      if (FINDINGS.includes(result) && shown.length < FINDINGS_SHOWN) shown.push(match);
      if (isUnread) unread += 1;
    });
    const files: Record<string, FileSummary> = {};
    const csv = { delimiter: report.csvDelimiter };
    files['matches.csv'] = await writeCsv(join(temporary, 'matches.csv'), matchColumns(settings), rows, {
      ...csv,
      twin: workbook.sheet('matches', { frozenColumns: 2, printedColumns: PRINTED_COLUMNS }),
    });
    const summary = summarise(totals, await session.totals(account, period, request.references));
    files['summary.csv'] = await writeCsv(
      join(temporary, 'summary.csv'),
      summaryColumns(settings),
      fromArray(summary.rows),
      { ...csv, twin: workbook.sheet('summary', { frozenColumns: 0 }) },
    );
    const results = Object.fromEntries(
      MATCH_RESULTS.map((result) => [result, totals.result(result)]),
    ) as Record<MatchResult, ReturnType<RowTotals['result']>>;
    const findings = FINDINGS.reduce((sum, result) => sum + results[result].count, 0);
    const page = matchPageText({
      ...settings,
      from,
      to,
      asOf,
      results,
      summary,
      findings,
      shown,
      statements,
    });
    files['match.html'] = await writeText(join(temporary, 'match.html'), page);
    files['match.xlsx'] = await workbook.close();
    for (const { path } of kept) await cp(path, join(temporary, basename(path)));
    const manifest: StatementManifest = {
      account,
      from,
      to,
      asOf: asOf.toISOString(),
      timezone: report.timezone,
      generator,
      statements,
      ...manifestFiles(files),
    };
    await writeFile(join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    const balanced = this.isBalanced(request, summary);
    const amountOf = (line: string) => summary.rows.find((row) => row.line === line)!.amount;
    return {
      account,
      from,
      to,
      reportSet: folder,
      results: mapValues(results, ({ count, amount }) => ({ count, amount: amount.toString() })),
      fees: amountOf('fees'),
      vat: amountOf('vat'),
      balanced,
      findings,
      unread,
      statements,
    };
  }

  private isBalanced({ account, from, to }: StatementSet['request'], { difference }: Summary): boolean {
    if (difference !== 0n)
      this.logger.error(
        `${account} ${from} ${to}: the summary does not balance, IDR ${difference} are left over`,
      );
    return difference === 0n;
  }
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (value: From) => To,
): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, map(value)])) as Record<
    Key,
    To
  >;
}
