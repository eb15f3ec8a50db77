import { Injectable } from '@nestjs/common';
import {
  DuplicatePayoutError,
  PayoutLinksError,
  PayoutLinksService,
  ProviderError,
  ReissueRefusedError,
  type PayoutLink,
} from 'nestjs-payout-links';
import { isKeyRefused } from '../key-refused.js';
import { DECISION_WORDS, decisionWordOf, type DecisionWord } from '../report/decision-word.js';
import { formatTime } from '../slot/business-date.js';
import { DecisionRepository } from './decision.repository.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { DecidedRow } from './decided-file.js';

/** The result of one row, as the result file prints it. */
export interface DecisionResult {
  externalId: string;
  decision: string;
  note: string;
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

/** Where decisions come from. */
export interface DecidedFrom {
  run: ReconciliationRun;
  /** Of the file, in hex. */
  fileSha256: string;
  dryRun: boolean;
}

/** The longest reason that the library stores. Characters. */
const NOTE_LENGTH = 500;

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
  constructor(
    private readonly links: PayoutLinksService,
    private readonly decisions: DecisionRepository,
  ) {}

  /**
   * Carries the decision out and stores it. Idempotent.
   * @param from the slot and the hash of the file; `dryRun` stores nothing and only returns what would be done
   */
  async carryOut(from: DecidedFrom, row: DecidedRow): Promise<DecisionResult> {
    const [decision, note] = [row.decision.trim(), row.note.trim()];
    const { successor, ...outcome } = await this.outcomeOf(from, row, note).catch(outcomeOfError);
    return {
      externalId: row.external_id,
      decision,
      note,
      ...outcome,
      replacedBy: successor?.externalId ?? null,
    };
  }

  private async outcomeOf(from: DecidedFrom, row: DecidedRow, note: string): Promise<Outcome> {
    const { run, fileSha256, dryRun } = from;
    if (row.decision.trim() === '') return { result: 'NO_DECISION', message: '' };
    const word = decisionWordOf(row.decision);
    if (word === undefined)
      return { result: 'UNKNOWN_DECISION', message: `write ${DECISION_WORDS.join(', ')} or nothing` };
    const { account, businessDate } = run;
    const { id } = await this.links.getByExternalId(row.external_id, account);
    const outcome = await this.carryOutWord(from, id, word, note).catch(outcomeOfError);
    const message = inReportTime(outcome.message, run.timezone);
    if (!dryRun) {
      const refused = outcome.result === 'REFUSED';
      await this.decisions.store({
        account,
        businessDate,
        payoutLinkId: id,
        word,
        note,
        fileSha256,
        refused,
      });
    }
    return { ...outcome, message };
  }

  private async carryOutWord(
    { run, dryRun }: DecidedFrom,
    id: string,
    word: DecisionWord,
    note: string,
  ): Promise<Outcome> {
    if (note.length > NOTE_LENGTH) {
      const message = `the note is longer than ${NOTE_LENGTH} characters: shorten it`;
      return { result: 'REFUSED', message };
    }
    if (word === 'CONTACTED') return { result: 'NOTED', message: 'nothing is changed by it' };
    if (word === 'RETRY_CONFIRMED' && note === '') {
      const message = 'RETRY_CONFIRMED needs a note: what did the recipient confirm, and to whom?';
      return { result: 'REFUSED', message };
    }
    const reason = note || `decided in ${run.account}/${run.businessDate}`;
    if (word === 'WRITE_OFF') return this.writeOff(id, reason, dryRun);
    return this.retry(id, { reason, force: word === 'RETRY_CONFIRMED' }, dryRun);
  }

  private async retry(
    id: string,
    { reason, force }: { reason: string; force: boolean },
    dryRun: boolean,
  ): Promise<Outcome> {
    const before = await this.links.successor(id);
    if (dryRun && !before) {
      const refusal = await this.links.reissueRefusal(id, { force });
      return refusal === null
        ? { result: 'WOULD_REISSUE', message: '' }
        : { result: 'REFUSED', message: await this.withWayOut(id, refusal, force) };
    }
    if (before && (dryRun || before.reissueReason !== reason || !isToBeSentAgain(before))) {
      return outcomeOfSuccessor(before, reason);
    }
    try {
      const sent = before ? this.links.create(sameAs(before)) : this.links.reissue(id, { reason, force });
      return outcomeOfSuccessor(await sent, reason);
    } catch (error) {
      // The new link is stored before it is sent, so a refusal by the provider leaves it in the database.
      const after = await this.links.successor(id);
      if (!after && error instanceof ReissueRefusedError)
        return { result: 'REFUSED', message: await this.withWayOut(id, error.message, force) };
      if (!after || isToBeSentAgain(after))
        return { ...outcomeOfError(error), successor: after ?? undefined };
      return outcomeOfSuccessor(after, reason);
    }
  }

  /** A refusal with what else can be done, in the words of the file. */
  private async withWayOut(id: string, refusal: string, force: boolean): Promise<string> {
    const message = refusal.replace(/: use force to send it again anyway$/, '');
    const liftedByForce = !force && (await this.links.reissueRefusal(id, { force: true })) === null;
    if (liftedByForce)
      return `${message}. If the recipient has confirmed it, write RETRY_CONFIRMED with a note; else WRITE_OFF or CONTACTED`;
    if (message.includes('may not be sent again before')) return `${message}. Give the file again after that`;
    return message;
  }

  private async writeOff(id: string, reason: string, dryRun: boolean): Promise<Outcome> {
    const refusal = await this.links.writeOffRefusal(id);
    if (refusal !== null) return { result: 'REFUSED', message: refusal };
    if (dryRun) return { result: 'WOULD_WRITE_OFF', message: '' };
    await this.links.writeOff(id, { reason });
    return { result: 'WRITTEN_OFF', message: '' };
  }
}

/** Times in a message of the library, in the time zone of the report. */
function inReportTime(message: string, timezone: string): string {
  return message.replaceAll(
    /\d{4}-\d\d-\d\dT[\d:.]+Z/g,
    (time) => `${formatTime(new Date(time), timezone)} (${timezone})`,
  );
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
  if (isKeyRefused(error)) {
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
