import { Injectable } from '@nestjs/common';
import { PayoutLinksError, PayoutLinksService, ProviderError, type PayoutLink } from 'nestjs-payout-links';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { DecidedRow } from './decided-file.js';

/** What came of one row, as `decisions-result.csv` prints it. */
export interface DecisionResult {
  externalId: string;
  decision: string;
  result:
    | 'REISSUED'
    | 'REJECTED'
    | 'WRITTEN_OFF'
    | 'NOTED'
    | 'NO_DECISION'
    | 'REFUSED'
    | 'UNKNOWN_DECISION'
    /** The provider could not be asked: give the file again. */
    | 'NOT_DONE'
    | 'WOULD_REISSUE'
    | 'WOULD_WRITE_OFF';
  message: string;
  /** External id of the link that was made instead. */
  replacedBy: string | null;
}

type Outcome = Pick<DecisionResult, 'result' | 'message'> & { successor?: PayoutLink };

/** Carries out an accountant's decisions, one row at a time, through the guards of the library. */
@Injectable()
export class DecisionService {
  constructor(private readonly links: PayoutLinksService) {}

  /** Doing it again changes nothing and tells the same. `dryRun` only says what would be done. */
  async carryOut(run: ReconciliationRun, row: DecidedRow, dryRun: boolean): Promise<DecisionResult> {
    const decision = row.decision.trim();
    const { successor, ...outcome } = await this.outcomeOf(run, row, decision.toUpperCase(), dryRun);
    return { externalId: row.external_id, decision, ...outcome, replacedBy: successor?.externalId ?? null };
  }

  private async outcomeOf(
    run: ReconciliationRun,
    row: DecidedRow,
    decision: string,
    dryRun: boolean,
  ): Promise<Outcome> {
    if (decision === '') return { result: 'NO_DECISION', message: '' };
    if (decision === 'CONTACTED') return { result: 'NOTED', message: 'nothing is changed by it' };
    if (decision !== 'RETRY' && decision !== 'WRITE_OFF') {
      return { result: 'UNKNOWN_DECISION', message: 'write RETRY, WRITE_OFF or CONTACTED' };
    }
    const reason = row.note.trim() || `decided in ${run.account}/${run.businessDate}`;
    const { id } = await this.links.getByExternalId(row.external_id, run.account);
    return decision === 'RETRY' ? this.retry(id, reason, dryRun) : this.writeOff(id, reason, dryRun);
  }

  private async retry(id: string, reason: string, dryRun: boolean): Promise<Outcome> {
    const before = await this.links.successor(id);
    if (before) return outcomeOfSuccessor(before, reason);
    if (dryRun) {
      const refusal = await this.links.reissueRefusal(id);
      return refusal === null
        ? { result: 'WOULD_REISSUE', message: '' }
        : { result: 'REFUSED', message: refusal };
    }
    try {
      return outcomeOfSuccessor(await this.links.reissue(id, { reason }), reason);
    } catch (error) {
      if (!(error instanceof PayoutLinksError)) throw error;
      // The new link is stored before it is sent: a refusal by the provider leaves one behind.
      const after = await this.links.successor(id);
      if (after) return outcomeOfSuccessor(after, reason);
      return {
        result: error instanceof ProviderError && error.code !== 'DUPLICATE_PAYOUT' ? 'NOT_DONE' : 'REFUSED',
        message: error.message,
      };
    }
  }

  private async writeOff(id: string, reason: string, dryRun: boolean): Promise<Outcome> {
    const refusal = await this.links.writeOffRefusal(id);
    if (refusal !== null) return { result: 'REFUSED', message: refusal };
    if (dryRun) return { result: 'WOULD_WRITE_OFF', message: '' };
    try {
      await this.links.writeOff(id, { reason });
      return { result: 'WRITTEN_OFF', message: '' };
    } catch (error) {
      if (!(error instanceof PayoutLinksError)) throw error;
      return { result: 'REFUSED', message: error.message };
    }
  }
}

/** A successor that bears this decision's reason is this decision's, made now or when the file came before. */
function outcomeOfSuccessor(successor: PayoutLink, reason: string): Outcome {
  const { externalId, status, failureCode } = successor;
  if (successor.reissueReason !== reason) {
    return { result: 'REFUSED', message: `it was replaced already: see ${externalId}`, successor };
  }
  if (status === 'REJECTED') {
    return { result: 'REJECTED', message: `the new payout link was refused: ${failureCode}`, successor };
  }
  return { result: 'REISSUED', message: `the new payout link is ${status}`, successor };
}
