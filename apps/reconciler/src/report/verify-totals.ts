import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { delimiterOf } from './delimiter.js';
import { parseSummary, type Manifest } from './manifest.js';
import { differenceOf, emptyLines, type RollForward } from './roll-forward.js';

/**
 * Recomputes the roll-forward of a set from its files: each currency's lines, and its closing against the open
 * links.
 */
export async function unbalancedTotals(folder: string, { files }: Manifest): Promise<string[]> {
  const problems: string[] = [];
  try {
    for (const [currency, lines] of await readRollForward(join(folder, 'roll-forward.csv'))) {
      const { count, amount } = differenceOf(lines);
      if (count !== 0 || amount !== 0n) {
        problems.push(`roll-forward.csv: ${currency} does not balance, by ${count} links and ${amount}`);
      }
      const open = Object.values(parseSummary(files['open-links.csv'])?.sums[currency] ?? {});
      const openAmount = open.reduce((sum, each) => sum + BigInt(each), 0n);
      if (openAmount !== lines.closing.amount) {
        problems.push(
          `roll-forward.csv: ${currency} closes with ${lines.closing.amount}, open-links.csv with ${openAmount}`,
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
  const rows = createReadStream(file).pipe(parse({ bom: true, columns: true, delimiter }));
  for await (const { currency, line, count, amount } of rows as AsyncIterable<Record<string, string>>) {
    const lines = byCurrency.get(currency!) ?? emptyLines();
    byCurrency.set(currency!, { ...lines, [line!]: { count: Number(count), amount: BigInt(amount!) } });
  }
  return byCurrency;
}
