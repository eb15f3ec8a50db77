import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { streamRegular } from 'app-runtime';
import { parse } from 'csv-parse';
import { REDACTED } from 'nestjs-payout-links/unstable';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { delimiterOf } from './delimiter.js';
import type { Manifest } from './manifest.js';
import { exists } from './report-set.js';

/** Why the hashes of a set that was printed again differ from those that were issued: people were redacted since. */
export interface Redaction {
  /** Rows whose recipient was redacted after the set was issued. */
  rows: number;
  /** Of the manifest as it was issued: the manifest of the next date names it. */
  issuedManifestSha256: string;
}

/** Files that name recipients. The workbook has the same rows as the CSV files. */
const NAMING_RECIPIENTS: readonly string[] = ['failures.csv', 'open-links.csv', 'report.xlsx'];
/** What a redaction changes of a row. */
const REDACTED_COLUMNS: readonly string[] = ['recipient_email', 'last_note'];

/**
 * Whether the only difference between a set and the same one printed again is that recipients were redacted: in files that
 * name them, and there in cells that now say so.
 * @param changed the files that differ
 */
export async function isOnlyRedacted(
  changed: readonly string[],
  before: string,
  after: string,
): Promise<boolean> {
  if (!changed.every((name) => NAMING_RECIPIENTS.includes(name))) return false;
  for (const name of changed.filter((each) => each.endsWith('.csv')))
    if (!(await haveSameCells(join(before, name), join(after, name)))) return false;
  return true;
}

async function haveSameCells(before: string, after: string): Promise<boolean> {
  if (!(await exists(before))) return true;
  const old = (await rowsOf(before))[Symbol.asyncIterator]();
  let header: string[] | undefined;
  for await (const row of await rowsOf(after)) {
    const { value, done } = await old.next();
    if (done === true || value.length !== row.length) return false;
    header ??= row;
    const isSame = row.every(
      (cell, index) =>
        cell === value[index] || (cell === REDACTED && REDACTED_COLUMNS.includes(header![index]!)),
    );
    if (!isSame) return false;
  }
  return (await old.next()).done === true;
}

async function rowsOf(file: string): Promise<AsyncIterable<string[]>> {
  const delimiter = await delimiterOf(file);
  return (await streamRegular(file)).pipe(parse({ bom: true, delimiter, relax_column_count: true }));
}

/** Counts the rows of a set whose recipient was redacted after it was issued. */
export class RedactedRows {
  count = 0;

  constructor(private readonly run: Pick<ReconciliationRun, 'finishedAt'>) {}

  add({ redactedAt }: { redactedAt: Date | null }): void {
    const { finishedAt } = this.run;
    if (redactedAt !== null && finishedAt !== null && redactedAt > finishedAt) this.count += 1;
  }
}

/** The SHA-256 under which a set says that it was issued: its own, unless it was printed again without some recipients. */
export function issuedSha256({ redacted }: Pick<Manifest, 'redacted'>, sha256: string): string {
  const issued = (redacted as Partial<Redaction> | undefined)?.issuedManifestSha256;
  return typeof issued === 'string' ? issued : sha256;
}

/** How many rows a set says were redacted after it was issued. */
export function redactedRows({ redacted }: Pick<Manifest, 'redacted'>): number {
  const rows = (redacted as Partial<Redaction> | undefined)?.rows;
  return typeof rows === 'number' ? rows : 0;
}

/** In lower-case hex. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
