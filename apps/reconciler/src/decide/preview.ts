import type { DecidedRow } from './decided-file.js';
import { DECISION_WORDS, decisionWordOf } from '../report/decision-word.js';

/** Links and rupiah per decision, beside the account's balance: what an operator reads before anything is sent. */
export function previewOf(
  title: string,
  rows: readonly DecidedRow[],
  reportedAmounts: ReadonlyMap<string, bigint>,
  balance: bigint | null,
): string {
  const numbers = new Intl.NumberFormat('en-GB');
  const line = (label: string, links: number, amount: bigint) =>
    `  ${label.padEnd(16)}  ${numbers.format(links).padStart(9)} links  IDR ${numbers.format(amount).padStart(19)}`;
  return [
    title,
    ...DECISION_WORDS.map((word) => {
      const decided = rows.filter(({ decision }) => decisionWordOf(decision) === word);
      const amount = decided.reduce(
        (sum, { external_id }) => sum + (reportedAmounts.get(external_id) ?? 0n),
        0n,
      );
      return line(word, decided.length, amount);
    }),
    `  ${'balance'.padEnd(16)}  ${balance === null ? 'unknown'.padStart(38) : `${' '.repeat(15)}  IDR ${numbers.format(balance).padStart(19)}`}`,
  ].join('\n');
}
