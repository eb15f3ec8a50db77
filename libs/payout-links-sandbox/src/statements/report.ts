/** The reports that the sandbox can write. */
export const REPORT_TYPES = ['TRANSACTIONS', 'BALANCE_HISTORY'] as const;
export type ReportType = (typeof REPORT_TYPES)[number];

/** The versions of the Transactions report. */
export const REPORT_VERSIONS = ['VERSION_0', 'VERSION_1', 'VERSION_2'] as const;
export type ReportVersion = (typeof REPORT_VERSIONS)[number];

/** A report that was asked for. Times are epoch milliseconds. */
export interface Report {
  readonly id: string;
  readonly account: string;
  readonly type: ReportType;
  readonly version: ReportVersion;
  readonly from: number;
  readonly to: number;
  /** Its content is of this time. */
  readonly createdAt: number;
  /** In the address of its file, which needs no key. */
  readonly fileKey: string;
}

/** How long a report takes. */
export const REPORT_TAKES_MS = 1_000;

/** How long its file is available. */
export const FILE_LASTS_MS = 24 * 60 * 60_000;
