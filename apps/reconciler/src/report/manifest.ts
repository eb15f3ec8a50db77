import { FAILURE_CATALOGUE } from 'nestjs-payout-links';
import type { ReconcilerOptions } from '../reconciler.options.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Coverage } from '../slot/slot-result.js';
import type { FileSummary } from './csv.js';

/** The program whose printing of a slot is the same byte for byte. */
export const GENERATOR = 'payout-links-reconciler 0.1.0';

/** The text of `manifest.json`: what the set holds, so that a changed byte is found. */
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
    provisional: run.provisional,
    timezone: run.timezone,
    catalogueVersion: FAILURE_CATALOGUE.version,
    generator,
    coverage,
    previousManifestSha256,
    files,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
