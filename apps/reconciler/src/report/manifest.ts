import { FAILURE_CATALOGUE } from 'nestjs-payout-links';
import type { ReconcilerOptions } from '../reconciler.options.js';
import { isBusinessDate, type BusinessDate } from '../slot/business-date.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Coverage } from 'app-runtime';
import type { FileSummary } from './csv.js';

/** The program version for which a slot's reports are the same byte for byte. */
export const GENERATOR = 'payout-links-reconciler 0.2.0';

/** The parts of a manifest that are read. */
export interface Manifest {
  account: string;
  date: BusinessDate;
  provisional: boolean;
  previousManifestSha256: string | null;
  /** Of any shape: it may have been edited. */
  files: Record<string, unknown>;
}

/** Parses a manifest; undefined when the text is not one. */
export function parseManifest(text: string): Manifest | undefined {
  let value: Partial<Record<keyof Manifest, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const isManifest =
    typeof value?.account === 'string' &&
    typeof value.date === 'string' &&
    isBusinessDate(value.date) &&
    typeof value.provisional === 'boolean' &&
    (value.previousManifestSha256 === null || typeof value.previousManifestSha256 === 'string') &&
    typeof value.files === 'object' &&
    value.files !== null;
  return isManifest ? (value as Manifest) : undefined;
}

/** Parses an entry of a manifest's files; undefined when it has another shape. */
export function parseSummary(entry: unknown): FileSummary | undefined {
  const { rows, sums, sha256 } = (entry ?? {}) as Partial<Record<keyof FileSummary, unknown>>;
  const isSummary =
    Number.isSafeInteger(rows) && typeof sums === 'object' && sums !== null && typeof sha256 === 'string';
  return isSummary ? (entry as FileSummary) : undefined;
}

/** The text of `manifest.json`: the content of the set, so that a changed byte is detected. */
export function manifestText(
  run: ReconciliationRun,
  { generator }: Pick<ReconcilerOptions, 'generator'>,
  coverage: Coverage,
  previousManifestSha256: string | null,
  files: Readonly<Record<string, FileSummary>>,
): string {
  const manifest = {
    account: run.account,
    date: run.businessDate,
    asOf: run.asOf!.toISOString(),
    provisional: !run.sealed,
    incomplete: coverage.unreachable > 0,
    timezone: run.timezone,
    catalogueVersion: FAILURE_CATALOGUE.version,
    generator,
    coverage,
    previousManifestSha256,
    files,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
