import { FAILURE_CATALOGUE } from 'nestjs-payout-links';
import type { ReconcilerOptions } from '../reconciler.options.js';
import { isBusinessDate, type BusinessDate } from '../slot/business-date.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Coverage } from 'app-runtime';
import type { FileSummary } from './csv.js';
import type { Redaction } from './redaction.js';

/** The program version for which a slot's reports are the same byte for byte. */
export const GENERATOR = 'payout-links-reconciler 0.3.0';

/** Of any shape: they may have been edited. */
interface FilesOfManifest {
  files: Readonly<Record<string, unknown>>;
  bytes?: unknown;
}

/** The parts of a manifest that are read. */
export interface Manifest extends FilesOfManifest {
  account: string;
  date: BusinessDate;
  provisional: boolean;
  previousManifestSha256: string | null;
  /** Of any shape. */
  redacted?: unknown;
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

/** What a manifest says of a file; manifests of earlier versions have no sizes. */
export type ManifestEntry = Omit<FileSummary, 'bytes'> & Partial<Pick<FileSummary, 'bytes'>>;

/** The files of a set as its manifest has them: sizes apart from what other programs read. */
export function manifestFiles(summaries: Readonly<Record<string, FileSummary>>): {
  files: Record<string, Omit<FileSummary, 'bytes'>>;
  bytes: Record<string, number>;
} {
  const entries = Object.entries(summaries);
  return {
    files: Object.fromEntries(
      entries.map(([name, { rows, sums, sha256 }]) => [name, { rows, sums, sha256 }]),
    ),
    bytes: Object.fromEntries(entries.map(([name, { bytes }]) => [name, bytes])),
  };
}

/** Parses what a manifest says of a file; undefined when it has another shape. */
export function summaryOf({ files, bytes }: FilesOfManifest, name: string): ManifestEntry | undefined {
  const entry = parseSummary(files[name]);
  const size =
    typeof bytes === 'object' && bytes !== null ? (bytes as Record<string, unknown>)[name] : undefined;
  return entry && { ...entry, ...(typeof size === 'number' && { bytes: size }) };
}

function parseSummary(entry: unknown): ManifestEntry | undefined {
  const { rows, sums, sha256 } = (entry ?? {}) as Partial<Record<keyof FileSummary, unknown>>;
  const isSummary =
    Number.isSafeInteger(rows) && typeof sums === 'object' && sums !== null && typeof sha256 === 'string';
  return isSummary ? (entry as ManifestEntry) : undefined;
}

/** The text of `manifest.json`: the content of the set, so that a changed byte is detected. */
export function manifestText(
  run: ReconciliationRun,
  { generator }: Pick<ReconcilerOptions, 'generator'>,
  coverage: Coverage,
  previousManifestSha256: string | null,
  files: Readonly<Record<string, FileSummary>>,
  redacted?: Redaction,
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
    ...(redacted && { redacted }),
    ...manifestFiles(files),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
