import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { SlotResult } from '../slot/slot-result.js';
import type { MatchOutcome } from '../statement/statement.files.js';
import type { SlotDigest } from './slot-digest.js';

/** The object of `match`, as `--json` prints it. */
type StatementOutcome = Omit<MatchOutcome, 'findings' | 'unread' | 'statements'> & { exitCode: number };

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

/** What is to be delivered, to the targets that want it. */
export interface News {
  account: string;
  /** Of a slot. */
  date?: string;
  /** Of a statement, `YYYY-MM-DD_YYYY-MM-DD`. */
  period?: string;
  event: DeliveryEvent;
  content: DeliveryContent;
}

/** A finished slot; its date was over. */
export function newsOfSlot(
  { account, businessDate, sealed }: ReconciliationRun,
  result: SlotResult,
  digest: SlotDigest,
): News {
  const content = { type: 'slot', result, digest } as const;
  return { account, date: businessDate, event: sealed ? 'SEALED' : 'OPEN', content };
}

/** A run that could not be done. */
export function newsOfFailure(run: FailedRun): News {
  return { account: run.account, date: run.date, event: 'FAILED', content: { type: 'failed', run } };
}

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
