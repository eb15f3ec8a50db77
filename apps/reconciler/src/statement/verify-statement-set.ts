import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { delimiterOf } from '../report/delimiter.js';
import { sha256Of } from '../report/hash-file.js';
import { summaryOf } from '../report/manifest.js';
import { readManifestText } from '../report/read-manifest.js';
import { MANIFEST, STATEMENT_SET_FILES, streamRegular } from 'app-runtime';
import { differencesOf } from '../report/verify-file.js';
import { MATCH_RESULTS, type MatchResult } from './match.js';
import { isKeptName, parseStatementManifest } from './statement-manifest.js';
import { differenceBetween, RowTotals, BRIDGE, type SummaryLine } from './summary.js';

/** The result of comparing a statement set with its manifest. */
interface StatementVerification {
  files: readonly string[];
  /** Other files and folders in the folder: people's own. */
  others: readonly string[];
  differences: string[];
  /** What is no difference, and worth saying. */
  notes: string[];
}

/**
 * Recomputes rows, hashes and totals of a statement set and compares them with its manifest; undefined when the
 * folder holds none. The provider's files may have been removed: that is no difference.
 */
export async function verifyStatementSet(folder: string): Promise<StatementVerification | undefined> {
  const manifest = parseStatementManifest(await readManifestText(folder));
  if (!manifest) return undefined;
  const differences: string[] = [];
  const names = await readdir(folder);
  for (const name of STATEMENT_SET_FILES) {
    const expected = summaryOf(manifest, name);
    if (expected) differences.push(...(await differencesOf(join(folder, name), name, expected)));
    else differences.push(`manifest.json: has no usable entry of ${name}`);
  }
  const notes: string[] = [];
  for (const { file, sha256 } of manifest.statements) {
    if (!names.includes(file)) {
      notes.push(`${file}, a file of the provider, is no longer in the set`);
      continue;
    }
    const found = await sha256Of(join(folder, file)).catch((error: Error) => error.message);
    if (found !== sha256) differences.push(`${file}: its SHA-256 is ${found}, the manifest says ${sha256}`);
  }
  const known: readonly string[] = [
    MANIFEST,
    ...STATEMENT_SET_FILES,
    ...manifest.statements.map(({ file }) => file),
  ];
  for (const name of names)
    if (isKeptName(name) && !known.includes(name)) differences.push(`manifest.json: does not name ${name}`);
  const others = names.filter((name) => !known.includes(name) && !isKeptName(name)).toSorted();
  differences.push(...(await unbalanced(folder)));
  return { files: STATEMENT_SET_FILES, others, differences, notes };
}

/** Adds the rows of `matches.csv` up again, and compares them with `summary.csv`. */
async function unbalanced(folder: string): Promise<string[]> {
  try {
    const totals = new RowTotals();
    for await (const { result, difference } of rowsOf(join(folder, 'matches.csv')))
      if (isResult(result)) totals.add(result, 0n, BigInt(difference ?? 0));
    const lines = new Map<SummaryLine, bigint>();
    for await (const { currency, line, amount } of rowsOf(join(folder, 'summary.csv')))
      if (currency === 'IDR' && /^-?\d+$/.test(amount ?? '')) lines.set(line as SummaryLine, BigInt(amount!));
    const amountOf = (line: SummaryLine) => lines.get(line) ?? 0n;
    const problems = BRIDGE.filter((line) => totals.line(line).amount !== amountOf(line)).map(
      (line) =>
        `summary.csv: ${line} is ${amountOf(line)}, the rows of matches.csv have ${totals.line(line).amount}`,
    );
    const left = differenceBetween(amountOf('books'), amountOf('statement'), totals);
    if (left !== 0n) problems.push(`summary.csv does not balance: ${left} are left over`);
    return problems;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? [] : [`matches.csv and summary.csv cannot be added up (${message})`];
  }
}

async function* rowsOf(file: string): AsyncGenerator<Record<string, string | undefined>, void, void> {
  const delimiter = await delimiterOf(file);
  yield* (await streamRegular(file)).pipe(parse({ bom: true, columns: true, delimiter })) as AsyncIterable<
    Record<string, string>
  >;
}

function isResult(text: string | undefined): text is MatchResult {
  return MATCH_RESULTS.some((result) => result === text);
}
