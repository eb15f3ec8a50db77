import { Inject, Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { adviseOnFailure } from '../failures/advice.js';
import { checked, ReissuePayoutLink } from '../payout-links.dto.js';
import { DuplicatePayoutError, ReissueRefusedError } from '../payout-links.errors.js';
import { MAX_ID } from '../rules/texts.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { errorOfResponse } from '../xendit/response.errors.js';
import { PayoutLinkCreator } from './payout-link.creator.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkReader } from './payout-link.reader.js';
import { isPaidByChain, isWrittenOff, PayoutLinkRecorder, type UnderLock } from './payout-link.recorder.js';
import { PayoutLinkRepository } from './payout-link.repository.js';
import { WriteOffRepository } from './write-off.repository.js';
import { FRESH_READ_MS, refusalOfReissue } from './reissue.js';

interface Reissue {
  reason: string;
  externalId?: string;
  /** A corrected address of the recipient. */
  email?: string | null;
  force: boolean;
  /** Reads the provider even when the last read is fresh. */
  readFirst?: boolean;
  /** A further guard in the transaction that stores the new link. */
  under?: UnderLock;
}

/** Sends a dead link's money again as a new link, at most once. */
@Injectable()
export class PayoutLinkReissuer {
  constructor(
    private readonly creator: PayoutLinkCreator,
    private readonly reader: PayoutLinkReader,
    private readonly recorder: PayoutLinkRecorder,
    private readonly repository: PayoutLinkRepository,
    private readonly writeOffs: WriteOffRepository,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  /**
   * @throws ReissueRefusedError when a guard refuses
   * @throws DuplicatePayoutError when the external id is taken
   * @throws InvalidPayoutLinkError when the generated external id would be too long
   * @throws what `create` throws
   */
  async reissue(
    link: PayoutLink,
    { reason, externalId, email, force, readFirst = false, under = (_, store) => store() }: Reissue,
  ): Promise<PayoutLink> {
    const hasEmail = typeof email === 'string';
    await this.guard(link, force, hasEmail);
    const dead = await this.shownDead(link, readFirst);
    const chain = await this.guard(dead, force, hasEmail);

    const successorId = externalId ?? successorIdOf(chain, dead);
    checked(ReissuePayoutLink, { reason, externalId: successorId });
    const successor = await this.store(dead, {
      reason,
      externalId: successorId,
      email: email ?? link.email,
      force,
      under,
    });
    if (successor) return this.creator.sendStored(successor);
    const taker = await this.repository.findByExternalId(dead.account, successorId);
    if (taker?.reissueOf === dead.id) throw refused(ALREADY_REISSUED);
    if (taker) {
      throw new DuplicatePayoutError(`the external id ${successorId} is taken: give another one`);
    }
    throw refused('it has changed meanwhile: review it and try again');
  }

  /** Why a reissue would be refused, from our database alone; null when it would not be. The provider is not asked. */
  async refusal(link: PayoutLink, force: boolean): Promise<string | null> {
    const { chain, refusal } = await this.consider(link, force);
    if (refusal !== null) return refusal;
    const id = successorIdOf(chain, link);
    if (id.length > MAX_ID) return `the external id ${id} would be too long: give another one`;
    const taken = await this.repository.findByExternalId(link.account, id);
    return taken && `the external id ${id} is taken: give another one`;
  }

  private async guard(link: PayoutLink, force: boolean, hasEmail: boolean): Promise<PayoutLink[]> {
    const { chain, refusal } = await this.consider(link, force, hasEmail);
    if (refusal !== null) throw refused(refusal);
    return chain;
  }

  private async consider(
    link: PayoutLink,
    force: boolean,
    hasEmail = false,
  ): Promise<{ chain: PayoutLink[]; refusal: string | null }> {
    const [chain, now, failedAt, writtenOff] = await Promise.all([
      this.repository.findChain(link.chainId),
      this.repository.now(),
      this.repository.enteredAt(link),
      this.writeOffs.isWrittenOff(link.id),
    ]);
    const last = chain.at(-1)!;
    const advice = adviseOnFailure(
      { code: link.failureCode, atCreate: link.status === 'REJECTED', failedAt },
      { overrides: this.options.failureAdvice },
    );
    const replacedBy = last.id === link.id ? null : last.externalId;
    const paidBy = chain.find(({ status }) => status === 'SUCCEEDED')?.externalId ?? null;
    const refusal = refusalOfReissue({ link, hasEmail, advice, replacedBy, paidBy, writtenOff, force, now });
    return { chain, refusal };
  }

  /** Returns the link after a read from the provider less than a minute old. A rejected one never existed there. */
  private async shownDead(link: PayoutLink, readFirst: boolean): Promise<PayoutLink> {
    if (link.status === 'REJECTED') return link;
    const now = await this.repository.now();
    const readMs = now.getTime() - (link.lastReadAt?.getTime() ?? -Infinity);
    if (!readFirst && readMs < FRESH_READ_MS) return link;
    const { response, outcome, link: read } = await this.reader.read(link, { source: 'API' });
    if (response.kind !== 'link') throw errorOfResponse(response);
    if (outcome === 'discrepancy' || outcome === 'stale') {
      throw refused('the provider’s response does not show that the link is dead: see its discrepancies');
    }
    return read;
  }

  private async store(
    dead: PayoutLink,
    {
      reason,
      externalId,
      email,
      force,
      under,
    }: Required<Omit<Reissue, 'email' | 'readFirst'>> & { email: string },
  ): Promise<PayoutLink | null> {
    const { account, amount, metadata } = dead;
    try {
      return await this.recorder.recordIntent({
        account,
        externalId,
        amount,
        email,
        metadata,
        replaces: {
          link: dead,
          reason,
          under: async (statements, storeSuccessor) => {
            if (!force && (await isWrittenOff(statements, dead.id))) return null;
            if (await isPaidByChain(statements, dead.chainId)) return null;
            return under(statements, storeSuccessor);
          },
        },
      });
    } catch (error) {
      if (isSecondSuccessor(error)) throw refused(ALREADY_REISSUED);
      throw error;
    }
  }
}

function successorIdOf(chain: readonly PayoutLink[], { attempt }: PayoutLink): string {
  return `${chain[0]!.externalId}-r${attempt}`;
}

const ALREADY_REISSUED = 'another caller has just reissued it';

function refused(why: string): ReissueRefusedError {
  return new ReissueRefusedError(`the payout link cannot be reissued: ${why}`);
}

function isSecondSuccessor(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { constraint } = error.driverError as { constraint?: string };
  return constraint === 'payout_link_reissue_of' || constraint === 'payout_link_chain';
}
