import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addDays, type BusinessDate } from '../slot/business-date.js';
import { MANIFEST, REPORT_FILES } from 'app-runtime';
import { summaryOf } from './manifest.js';
import { issuedSha256, redactedRows } from './redaction.js';
import { readManifest, type ReadManifest } from './read-manifest.js';
import { differencesOf } from './verify-file.js';
import { unbalancedTotals } from './verify-totals.js';

/** The result of comparing a report set with its manifest. */
export interface Verification {
  /** The files that were compared. */
  files: readonly string[];
  /** Other files and folders in the folder: people's own. */
  others: readonly string[];
  /** The dates of the adjacent sets whose manifests were compared too. */
  neighbours: BusinessDate[];
  /** Rows whose recipient was redacted after the set was issued, by the set's own word. */
  redacted: number;
  /** Everything that differs, one line each; empty when the set is as it was written. */
  differences: string[];
}

/** There is no report set to verify. */
class NoReportSetError extends Error {
  readonly code = 'NO_REPORT_SET';
  readonly exitCode = 2;

  constructor(folder: string) {
    super(`${folder} holds no report set: there is no readable manifest.json in it`);
    this.name = 'NoReportSetError';
  }
}

/**
 * Recomputes rows, sums, hashes and totals of a report set, and its position in the chain of the account's sets if
 * adjacent ones are there, and compares them with its manifest.
 * @throws NoReportSetError
 */
export async function verifyReportSet(folder: string): Promise<Verification> {
  const own = await readManifest(folder);
  if (!own) throw new NoReportSetError(folder);
  const differences: string[] = [];
  for (const name of REPORT_FILES) {
    const entry = own.manifest.files[name];
    const expected = summaryOf(own.manifest, name);
    if (expected) differences.push(...(await differencesOf(join(folder, name), name, expected)));
    else
      differences.push(
        `manifest.json: ${entry === undefined ? 'does not name' : 'has no usable entry of'} ${name}`,
      );
  }
  for (const name of Object.keys(own.manifest.files)) {
    if (!isReportFile(name))
      differences.push(`manifest.json: names ${name}, which is no file of a report set`);
  }
  const others = (await readdir(folder))
    .filter((name) => name !== MANIFEST && !isReportFile(name))
    .toSorted();
  differences.push(...(await unbalancedTotals(folder, own.manifest)));
  const { neighbours, broken } = await chainAround(folder, own);
  const redacted = redactedRows(own.manifest);
  return { files: REPORT_FILES, others, neighbours, redacted, differences: [...differences, ...broken] };
}

function isReportFile(name: string): boolean {
  return (REPORT_FILES as readonly string[]).includes(name);
}

/** Each manifest names the previous date's manifest; slots have no gaps, and a provisional slot has no successor. */
async function chainAround(
  folder: string,
  { manifest, sha256 }: ReadManifest,
): Promise<{ neighbours: BusinessDate[]; broken: string[] }> {
  const neighbours: BusinessDate[] = [];
  const broken: string[] = [];
  const beside = async (days: number) => {
    const date = addDays(manifest.date, days);
    const other = await readManifest(join(dirname(folder), date));
    const isOne = other?.manifest.account === manifest.account && other.manifest.date === date;
    return isOne && !other.manifest.provisional ? other : undefined;
  };
  const before = await beside(-1);
  if (before) {
    neighbours.push(before.manifest.date);
    const issued = issuedSha256(before.manifest, before.sha256);
    if (manifest.previousManifestSha256 !== issued)
      broken.push(
        `manifest.json: says that the manifest of ${before.manifest.date} is` +
          ` ${manifest.previousManifestSha256 ?? 'none'}, it is ${issued}`,
      );
  }
  const after = await beside(1);
  if (after && !manifest.provisional) {
    neighbours.push(after.manifest.date);
    const issued = issuedSha256(manifest, sha256);
    if (after.manifest.previousManifestSha256 !== issued)
      broken.push(
        `manifest.json: its SHA-256 is ${issued}, the manifest of ${after.manifest.date} says` +
          ` ${after.manifest.previousManifestSha256 ?? 'none'}`,
      );
  }
  return { neighbours, broken };
}
