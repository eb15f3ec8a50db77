import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { MANIFEST, readRegular } from 'app-runtime';
import { isBusinessDate, type BusinessDate } from '../slot/business-date.js';
import { MAX_MANIFEST_BYTES } from '../report/read-manifest.js';
import { failureColumns } from '../report/failures.report.js';
import { ReportService } from '../report/report.service.js';
import { NoSuchSlotError } from '../slot/no-such-slot.error.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { RefusedFileError } from '../given-file/refused-file.error.js';
import { compareWithReport } from './compare-with-report.js';
import { REPORTED_COLUMNS, type DecidedRow, type ReportedCells } from './decided-file.js';

/** A slot, and the rows of its `failures.csv` by reported external id. */
export interface Decided {
  run: ReconciliationRun;
  rows: DecidedRow[];
  /** What was reported of each external id, in whole rupiah. */
  amounts: ReadonlyMap<string, bigint>;
}

/** Finds the slot of a file with decisions. */
@Injectable()
export class DecidedSlots {
  constructor(
    private readonly slots: SlotRepository,
    private readonly reports: ReportService,
  ) {}

  /**
   * The slot named by `manifest.json` in the file's folder, else the latest one that reported exactly these rows.
   * @throws RefusedFileError when the rows are not those that were reported
   * @throws NoSuchSlotError
   */
  async find(folder: string, rows: readonly DecidedRow[]): Promise<Decided> {
    const named = await readManifest(folder);
    if (named) {
      const run = await this.slots.find(named.account, named.date);
      if (run?.status !== 'FINISHED') throw new NoSuchSlotError(named.date);
      const reported = await this.reported(run);
      const compared = compareWithReport(rows, reported);
      if (compared.differences.length > 0) {
        const isOlder = named.asOf !== undefined && named.asOf !== run.asOf?.toISOString();
        const reason = isOlder ? ['the report was written again since: fill in the new one'] : [];
        throw new RefusedFileError([...reason, ...compared.differences]);
      }
      return { run, rows: compared.rows, amounts: amountsOf(reported) };
    }
    const [first] = rows;
    if (!first) throw new RefusedFileError(['it has no rows, and there is no manifest.json in its folder']);
    let latest: string[] | undefined;
    for await (const run of this.slots.finished(first.account)) {
      const reported = await this.reported(run);
      const compared = compareWithReport(rows, reported);
      if (compared.differences.length === 0)
        return { run, rows: compared.rows, amounts: amountsOf(reported) };
      latest ??= compared.differences;
    }
    throw new RefusedFileError([
      `it matches no reported date of the account "${first.account}"; copy the manifest.json of its report set into its folder`,
      ...(latest ?? []).map((difference) => `against the latest: ${difference}`),
    ]);
  }

  private async reported(run: ReconciliationRun): Promise<Map<string, ReportedCells>> {
    const columns = failureColumns(run).filter(([header]) =>
      (REPORTED_COLUMNS as readonly string[]).includes(header),
    );
    const reported = new Map<string, ReportedCells>();
    for await (const row of this.reports.failures(run)) {
      const cells = columns.map(([header, cell]) => [header, String(cell(row) ?? '')]);
      reported.set(row.externalId, Object.fromEntries(cells) as ReportedCells);
    }
    return reported;
  }
}

function amountsOf(reported: ReadonlyMap<string, ReportedCells>): Map<string, bigint> {
  return new Map([...reported].map(([externalId, { amount }]) => [externalId, BigInt(amount)]));
}

async function readManifest(
  folder: string,
): Promise<{ account: string; date: BusinessDate; asOf: string | undefined } | null> {
  try {
    const bytes = await readRegular(join(folder, MANIFEST), MAX_MANIFEST_BYTES);
    const { account, date, asOf } = JSON.parse(bytes.toString()) as Record<string, unknown>;
    if (typeof account === 'string' && typeof date === 'string' && isBusinessDate(date))
      return { account, date, asOf: typeof asOf === 'string' ? asOf : undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // Reported below.
  }
  throw new RefusedFileError(['the manifest.json in its folder does not belong to a report set']);
}
