import type { SlotResult } from '../slot/slot-result.js';
import type { SlotDigest } from './slot-digest.js';

/** The object of `match`, as `--json` prints it. */
interface StatementOutcome {
  account: string;
  from: string;
  to: string;
  reportSet: string;
  results: Record<string, { count: number; amount: string }>;
  fees: string;
  vat: string;
  balanced: boolean;
  exitCode: number;
}

/** A run that could not be done. */
export interface FailedRun {
  account: string;
  date: string;
  code: string;
  message: string;
}

/** What a delivery is about, stored with it so that every attempt sends the same. */
export type DeliveryContent =
  | { type: 'slot'; result: SlotResult; digest: SlotDigest }
  | { type: 'statement'; outcome: StatementOutcome; findings: number }
  | { type: 'failed'; run: FailedRun };

/** The reason for a delivery; all but STATEMENT are delivered once per account, date and target. */
export type DeliveryEvent = 'SEALED' | 'OPEN' | 'FAILED' | 'STATEMENT';

/** The body of a webhook: what `--json` prints, and its kind. */
export function payloadOf(content: DeliveryContent): object {
  switch (content.type) {
    case 'slot':
      return { type: content.type, ...content.result };
    case 'statement':
      return { type: content.type, ...content.outcome };
    case 'failed':
      return { type: content.type, ...content.run };
  }
}
