import { createHash } from 'node:crypto';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Manifest } from './manifest.js';

/** Why the hashes of a set that was printed again differ from those that were issued: people were redacted since. */
export interface Redaction {
  /** Rows whose recipient was redacted after the set was issued. */
  rows: number;
  /** Of the manifest as it was issued: the manifest of the next date names it. */
  issuedManifestSha256: string;
}

/** Files that name recipients. */
const NAMING_RECIPIENTS: readonly string[] = ['failures.csv', 'open-links.csv', 'report.xlsx'];

/** Whether only files that name recipients have changed. */
export function explains(changed: readonly string[]): boolean {
  return changed.every((name) => NAMING_RECIPIENTS.includes(name));
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

/** The SHA-256 under which a set was issued, whether or not it was printed again without some recipients. */
export function issuedSha256({ redacted }: Pick<Manifest, 'redacted'>, sha256: string): string {
  const issued = (redacted as Partial<Redaction> | undefined)?.issuedManifestSha256;
  return typeof issued === 'string' ? issued : sha256;
}

/** In lower-case hex. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
