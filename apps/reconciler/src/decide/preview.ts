import type { DecidedRow } from './decided-file.js';
import { balanceLines, moneyLine } from '../money-line.js';
import { DECISION_WORDS, decisionWordOf } from '../report/decision-word.js';

/** Links and rupiah per decision, beside the account's balance: what an operator reads before anything is sent. */
export function previewOf(
  title: string,
  rows: readonly DecidedRow[],
  reportedAmounts: ReadonlyMap<string, bigint>,
  balance: bigint | null,
): string {
  const decided = DECISION_WORDS.map((word) => {
    const its = rows.filter(({ decision }) => decisionWordOf(decision) === word);
    const amount = its.reduce((sum, { external_id }) => sum + (reportedAmounts.get(external_id) ?? 0n), 0n);
    return { word, links: its.length, amount };
  });
  const toSend = decided
    .filter(({ word }) => word === 'RETRY' || word === 'RETRY_CONFIRMED')
    .reduce((sum, { amount }) => sum + amount, 0n);
  return [
    title,
    ...decided.map(({ word, links, amount }) => moneyLine(word, links, amount)),
    moneyLine('to be sent', null, toSend),
    ...balanceLines(toSend, balance),
  ].join('\n');
}
