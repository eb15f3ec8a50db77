import { Injectable } from '@nestjs/common';
import {
  AuthenticationError,
  DuplicatePayoutError,
  PayoutLinksError,
  PayoutLinksService,
  PermissionError,
  ProviderError,
  type PayoutLink,
} from 'nestjs-payout-links';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { DecidedRow } from './decided-file.js';

/** The result of one row, as `decisions-result.csv` prints it. */
export interface DecisionResult {
  externalId: string;
  decision: string;
  result:
    | 'REISSUED'
    /** Unknown whether the provider made the new link. */
    | 'UNCONFIRMED'
    | 'REJECTED'
    | 'WRITTEN_OFF'
    | 'NOTED'
    | 'NO_DECISION'
    | 'REFUSED'
    | 'UNKNOWN_DECISION'
    /** The provider was unreachable: run the file again. */
    | 'NOT_DONE'
    | 'WOULD_REISSUE'
    | 'WOULD_WRITE_OFF';
  message: string;
  /** External id of the replacement. */
  replacedBy: string | null;
  /** The provider refused the account's key. */
  keyRefused?: true;
}

type Outcome = Pick<DecisionResult, 'result' | 'message' | 'keyRefused'> & { successor?: PayoutLink };

/** Refusals of a new link that say nothing about the payout: it is sent again with the same external id. */
const NOT_ABOUT_THE_PAYOUT = [
  'PROVIDER_UNREACHABLE',
  'RATE_LIMIT_EXCEEDED',
  'INVALID_API_KEY',
  'REQUEST_FORBIDDEN_ERROR',
];

/** Carries out an accountant's decisions, one row at a time, through the library's guards. */
@Injectable()
export class DecisionService {
  constructor(private readonly links: PayoutLinksService) {}

  /** Idempotent. `dryRun` only returns what would be done. */
  async carryOut(run: ReconciliationRun, row: DecidedRow, dryRun: boolean): Promise<DecisionResult> {
    const decision = row.decision.trim();
    const { successor, ...outcome } = await this.outcomeOf(run, row, decision.toUpperCase(), dryRun).catch(
      outcomeOfError,
    );
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
    if (dryRun && !before) {
      const refusal = await this.links.reissueRefusal(id);
      return refusal === null
        ? { result: 'WOULD_REISSUE', message: '' }
        : { result: 'REFUSED', message: refusal };
    }
    if (before && (dryRun || before.reissueReason !== reason || !isToBeSentAgain(before))) {
      return outcomeOfSuccessor(before, reason);
    }
    try {
      const sent = before ? this.links.create(sameAs(before)) : this.links.reissue(id, { reason });
      return outcomeOfSuccessor(await sent, reason);
    } catch (error) {
      // The new link is stored before it is sent, so a refusal by the provider leaves it in the database.
      const after = await this.links.successor(id);
      if (!after || isToBeSentAgain(after))
        return { ...outcomeOfError(error), successor: after ?? undefined };
      return outcomeOfSuccessor(after, reason);
    }
  }

  private async writeOff(id: string, reason: string, dryRun: boolean): Promise<Outcome> {
    const refusal = await this.links.writeOffRefusal(id);
    if (refusal !== null) return { result: 'REFUSED', message: refusal };
    if (dryRun) return { result: 'WOULD_WRITE_OFF', message: '' };
    await this.links.writeOff(id, { reason });
    return { result: 'WRITTEN_OFF', message: '' };
  }
}

/** Its create was refused for a reason unrelated to the payout. */
function isToBeSentAgain({ status, failureCode }: PayoutLink): boolean {
  return status === 'REJECTED' && NOT_ABOUT_THE_PAYOUT.includes(failureCode ?? '');
}

function sameAs({ externalId, amount, email, account }: PayoutLink) {
  return { externalId, amount, email, account };
}

/** A library error concerns its own row; any other error ends the command. */
function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof PayoutLinksError)) throw error;
  if (error instanceof ProviderError && error.httpStatus === 404) {
    const message = 'the provider does not know the old payout link: a developer has to investigate it first';
    return { result: 'REFUSED', message };
  }
  const { message } = error;
  if (error instanceof AuthenticationError || error instanceof PermissionError) {
    return { result: 'NOT_DONE', message, keyRefused: true };
  }
  const notAsked = error instanceof ProviderError && !(error instanceof DuplicatePayoutError);
  return { result: notAsked ? 'NOT_DONE' : 'REFUSED', message };
}

/** A successor with this decision's reason was made by this decision, now or in an earlier run. */
function outcomeOfSuccessor(successor: PayoutLink, reason: string): Outcome {
  const { externalId, status, failureCode } = successor;
  if (successor.reissueReason !== reason) {
    return { result: 'REFUSED', message: `it was replaced already: see ${externalId}`, successor };
  }
  if (status === 'CREATING' || status === 'UNCONFIRMED') {
    const message = 'unknown whether the provider made the new payout link: do not send it again';
    return { result: 'UNCONFIRMED', message, successor };
  }
  if (status === 'REJECTED') {
    return { result: 'REJECTED', message: `the new payout link was refused: ${failureCode}`, successor };
  }
  return { result: 'REISSUED', message: `the new payout link is ${status}`, successor };
}
