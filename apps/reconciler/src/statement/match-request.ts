import type { Progress } from '../progress/progress.js';
import type { BusinessDate } from '../slot/business-date.js';
import type { StatementKind } from './statement-line.js';

/** What is to be matched. */
export interface MatchRequest {
  account: string;
  from: BusinessDate;
  /** The last day of the period; may be today. */
  to: BusinessDate;
  /** The provider's files; or which of its reports to fetch. */
  statements: { files: readonly string[] } | { fetch: StatementKind };
  /** How the references of our payments begin; null: any reference may be ours. */
  references: readonly string[] | null;
  edgeHours: number;
  /** Reads links at the provider before what their statement says of them is reported. */
  reads: boolean;
  progress: Progress;
  signal: AbortSignal;
}
