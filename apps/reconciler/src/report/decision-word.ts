/** The words of the column `decision`. */
export const DECISION_WORDS = ['RETRY', 'RETRY_CONFIRMED', 'WRITE_OFF', 'CONTACTED'] as const;
export type DecisionWord = (typeof DECISION_WORDS)[number];

/** The decision in a cell, whatever its case and outer spaces; undefined for another word. */
export function decisionWordOf(cell: string): DecisionWord | undefined {
  const word = cell.trim().toUpperCase();
  return DECISION_WORDS.find((known) => known === word);
}
