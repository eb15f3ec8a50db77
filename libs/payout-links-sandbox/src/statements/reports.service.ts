import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SandboxClock } from '../clock/sandbox.clock.js';
import { SandboxError } from '../http/sandbox.error.js';
import { OPENING_BALANCE } from '../payouts/payout.rules.js';
import { StateChanges } from '../state/state-changes.js';
import { balanceHistoryCsv } from './balance-history.csv.js';
import type { CreateReportBody } from './create-report.body.js';
import { LedgerService } from './ledger.service.js';
import { FILE_LASTS_MS, REPORT_TAKES_MS, REPORT_TYPES, type Report, type ReportType } from './report.js';
import { transactionsCsv } from './transactions.csv.js';

const LONGEST_MS = 92 * 24 * 60 * 60_000;

/** The reports that merchants asked for. Only the request is stored: a file is written when it is downloaded. */
@Injectable()
export class ReportsService {
  #reports: Report[] = [];

  constructor(
    private readonly ledger: LedgerService,
    private readonly clock: SandboxClock,
    private readonly changes: StateChanges,
  ) {}

  /** Throws `API_VALIDATION_ERROR` and `FEATURE_NOT_AVAILABLE`. */
  create(account: string, { type, filter, report_version: version = 'VERSION_0' }: CreateReportBody): Report {
    const [from, to] = [Date.parse(filter.from), Date.parse(filter.to)];
    if (!(from < to && to - from < LONGEST_MS)) {
      const message = 'filter must be a time of less than 92 days, from before to';
      throw SandboxError.validation([{ path: 'filter', message }]);
    }
    if (!isReportType(type)) throw SandboxError.featureNotAvailable(type);
    const ids = { id: `report_${randomUUID()}`, fileKey: randomUUID() };
    const report = { ...ids, account, type, version, from, to, createdAt: this.clock.now() };
    this.#reports.push(report);
    this.changes.changed();
    return report;
  }

  /** The account's own report; throws `DATA_NOT_FOUND`. */
  get(account: string, id: string): Report {
    const report = this.#reports.find((one) => one.id === id && one.account === account);
    if (!report) throw SandboxError.notFound('Report');
    return report;
  }

  /** The content of a report's file, while it is available; throws `DATA_NOT_FOUND`. */
  file(fileKey: string): string {
    const report = this.#reports.find((one) => one.fileKey === fileKey);
    const age = report ? this.clock.now() - report.createdAt : Infinity;
    if (!report || age < REPORT_TAKES_MS || age > REPORT_TAKES_MS + FILE_LASTS_MS)
      throw SandboxError.notFound('File');
    const { account, createdAt, from, to } = report;
    const transactions = this.ledger.transactions(account, createdAt);
    if (report.type === 'BALANCE_HISTORY')
      return balanceHistoryCsv(transactions, { from, to, opening: OPENING_BALANCE });
    const wanted = transactions.filter(({ createdAt: at }) => at >= from && at <= to);
    return transactionsCsv(wanted, report.version);
  }

  state(): Report[] {
    return this.#reports;
  }

  restore(reports: Report[]): void {
    this.#reports = reports;
  }

  clear(): void {
    this.restore([]);
    this.changes.changed();
  }
}

function isReportType(type: string): type is ReportType {
  return (REPORT_TYPES as readonly string[]).includes(type);
}
