/** The discrepancies stored when they are observed; the reconciler derives the others from the history. */
export type DiscrepancyType =
  | 'AMOUNT_MISMATCH'
  | 'MISSING_AT_PROVIDER'
  | 'STATUS_REGRESSION'
  | 'UNKNOWN_STATUS'
  | 'FINAL_CHANGED'
  | 'REVERSED_AFTER_SUCCESS'
  | 'UNMATCHED_WEBHOOK';

/** Discrepancies that hold until a usable response agrees again; the other types are events. */
export const CONDITION_TYPES = ['AMOUNT_MISMATCH', 'MISSING_AT_PROVIDER', 'UNKNOWN_STATUS'] as const;

/** One discrepancy between the stored link and the provider. */
export interface Discrepancy {
  type: DiscrepancyType;
  localValue: string;
  providerValue: string;
}

/** @internal Whether a response was about another payout; asking again will not change that. */
export function isAboutAnotherPayout(discrepancy: Discrepancy | undefined): boolean {
  return discrepancy?.type === 'AMOUNT_MISMATCH' || discrepancy?.type === 'MISSING_AT_PROVIDER';
}
