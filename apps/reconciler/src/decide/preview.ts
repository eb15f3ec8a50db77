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
  const line = (label: string, links: number | null, amount: bigint | null) => {
    const count = links === null ? '' : `${numbers.format(links)} ${links === 1 ? 'link' : 'links'}`;
    const money = amount === null ? 'unknown' : `IDR ${numbers.format(amount)}`;
    return `  ${label.padEnd(16)}  ${count.padStart(14)}  ${money.padStart(26)}`;
  };
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
    ...decided.map(({ word, links, amount }) => line(word, links, amount)),
    line('to be sent', null, toSend),
    line('balance', null, balance),
    ...(balance !== null && toSend > balance ? [line('MISSING', null, toSend - balance)] : []),
  ].join('\n');
}
