import { businessId } from './business-id.js';
import { REPORT_TAKES_MS, type Report } from './report.js';

/** A report in the provider's format. See https://docs.xendit.co/apidocs/get-report */
export interface ReportResponse {
  id: string;
  type: string;
  status: 'PENDING' | 'COMPLETED';
  filter: { from: string; to: string };
  format: 'CSV';
  currency: 'IDR';
  business_id: string;
  created: string;
  updated: string;
  url?: string;
}

export function reportResponse(report: Report, now: number, sandboxUrl: string): ReportResponse {
  const doneAt = report.createdAt + REPORT_TAKES_MS;
  const isDone = now >= doneAt;
  return {
    id: report.id,
    type: report.type,
    status: isDone ? 'COMPLETED' : 'PENDING',
    filter: { from: new Date(report.from).toISOString(), to: new Date(report.to).toISOString() },
    format: 'CSV',
    currency: 'IDR',
    business_id: businessId(report.account),
    created: new Date(report.createdAt).toISOString(),
    updated: new Date(isDone ? doneAt : report.createdAt).toISOString(),
    ...(isDone && { url: `${sandboxUrl}/report-files/${report.fileKey}.csv` }),
  };
}
