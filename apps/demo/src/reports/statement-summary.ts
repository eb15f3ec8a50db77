import { parse } from 'csv-parse/sync';
import type { SetFolder } from './set-folder.js';

/** A line of a statement set's `summary.csv`. */
export interface SummaryLine {
  currency: string;
  line: string;
  count: string;
  amount: string;
}

const FINDINGS: readonly string[] = [
  'only_in_statement',
  'only_in_books',
  'duplicate_in_statement',
  'amount_differs',
  'status_differs',
];

/** What a match came to. */
export interface StatementSummary {
  lines: SummaryLine[];
  findings: number;
  balanced: boolean;
}

const SUMMARY_BYTES = 1_000_000;

/** The summary of a statement set; null where it cannot be read. */
export async function readSummary(folder: SetFolder): Promise<StatementSummary | null> {
  const file = await folder.open('summary.csv');
  if (!file) return null;
  try {
    if (file.stats.size > SUMMARY_BYTES) return null;
    const text = await file.handle.readFile();
    const lines = parse<SummaryLine>(text, { bom: true, columns: true, delimiter: [',', ';'] });
    if (!lines.every(isLine)) return null;
    const findings = lines
      .filter(({ line }) => FINDINGS.includes(line))
      .reduce((sum, { count }) => sum + Number(count), 0);
    const balanced = lines.every(({ line, amount }) => line !== 'difference' || Number(amount) === 0);
    return { lines, findings, balanced };
  } catch {
    return null;
  } finally {
    await file.handle.close();
  }
}

/** It may have been edited. */
function isLine({ line, currency, count, amount }: Partial<SummaryLine>): boolean {
  return Boolean(line && currency) && /^\d+$/.test(count ?? '') && /^-?\d+$/.test(amount ?? '');
}
