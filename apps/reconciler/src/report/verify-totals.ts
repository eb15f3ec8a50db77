import { join } from 'node:path';
import { streamRegular } from 'app-runtime';
import { parse } from 'csv-parse';
import { delimiterOf } from './delimiter.js';
import { summaryOf, type Manifest } from './manifest.js';
import { differencesOf, emptyLines, type RollForward } from './roll-forward.js';

/** Closings, and the files whose rows they sum. */
const CLOSINGS = [
  ['closing', 'open-links.csv'],
  ['failures_closing', 'failures.csv'],
] as const;

/**
 * Recomputes the roll-forward of a set from its files: each currency's lines, and its closings against the open
 * links and the failures.
 */
export async function unbalancedTotals(folder: string, manifest: Manifest): Promise<string[]> {
  const problems: string[] = [];
  try {
    const byCurrency = await readRollForward(join(folder, 'roll-forward.csv'));
    problems.push(
      ...differencesOf(byCurrency).map((difference) => `roll-forward.csv does not balance. ${difference}`),
    );
    for (const [currency, lines] of byCurrency) {
      for (const [line, file] of CLOSINGS) {
        const sums = Object.values(summaryOf(manifest, file)?.sums[currency] ?? {});
        const amount = sums.reduce((sum, each) => sum + BigInt(each), 0n);
        if (amount !== lines[line].amount)
          problems.push(
            `roll-forward.csv: ${currency} ${line} is ${lines[line].amount}, ${file} has ${amount}`,
          );
      }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') problems.push(`roll-forward.csv: cannot be added up (${message})`);
  }
  return problems;
}

async function readRollForward(file: string): Promise<Map<string, RollForward>> {
  const byCurrency = new Map<string, RollForward>();
  const delimiter = await delimiterOf(file);
  const rows = (await streamRegular(file)).pipe(parse({ bom: true, columns: true, delimiter }));
  for await (const { currency, line, count, amount } of rows as AsyncIterable<Record<string, string>>) {
    const lines = byCurrency.get(currency!) ?? emptyLines();
    byCurrency.set(currency!, { ...lines, [line!]: { count: Number(count), amount: BigInt(amount!) } });
  }
  return byCurrency;
}
