import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { OutboxDispatcher } from './handlers/outbox.dispatcher.js';
import type { PayoutLinkOutboxTask } from './handlers/outbox.entity.js';
import { OutboxRepository } from './handlers/outbox.repository.js';
import { decodeCursor, encodeCursor } from './link/cursor.js';
import { PayoutLinkCreator } from './link/payout-link.creator.js';
import type { PayoutLink } from './link/payout-link.entity.js';
import { PayoutLinkReader } from './link/payout-link.reader.js';
import { PayoutLinkRecorder, type Recorded } from './link/payout-link.recorder.js';
import { PayoutLinkRepository } from './link/payout-link.repository.js';
import type { PayoutLinkTransition } from './link/transition.entity.js';
import { PayoutLinkReissuer } from './link/payout-link.reissuer.js';
import { WriteOffRepository } from './link/write-off.repository.js';
import {
  AbandonPayoutLink,
  AdoptPayoutLink,
  checked,
  CreatePayoutLink,
  ListPayoutLinks,
  ReissuePayoutLink,
  WriteOffPayoutLink,
} from './payout-links.dto.js';
import {
  AbandonRefusedError,
  AdoptRefusedError,
  PayoutLinkNotFoundError,
  PayoutLinkNotVoidableError,
  UnexpectedResponseError,
  type FieldError,
  type ProviderRefusal,
} from './payout-links.errors.js';
import {
  DEFAULT_ACCOUNT,
  RESOLVED_OPTIONS,
  type ResolvedPayoutLinksOptions,
} from './payout-links.options.js';
import { refusalOfAbandon } from './rules/abandon.js';
import type { DeliveryStatus, PayoutLinkDelivery } from './webhook/delivery.entity.js';
import { WebhookInbox } from './webhook/webhook.inbox.js';
import {
  errorOfResponse,
  isDuplicateCode,
  isVoidRefusedForKey,
  refusalText,
} from './xendit/response.errors.js';
import { XenditClient } from './xendit/xendit.client.js';

/** A page of links, newest first. */
export interface PayoutLinkPage {
  items: PayoutLink[];
  /** Give it as `cursor` to get the next page; null on the last one. */
  nextCursor: string | null;
}

/**
 * What a host calls: create payout links, look at them, ask the provider, void, send again. Errors are
 * `PayoutLinksError`s, and TypeORM's `QueryFailedError` when the database cannot be used.
 */
@Injectable()
export class PayoutLinksService {
  /** @internal Nest makes the one instance: what it is made of stays out of the published types. */
  constructor(
    private readonly creator: PayoutLinkCreator,
    private readonly repository: PayoutLinkRepository,
    private readonly recorder: PayoutLinkRecorder,
    private readonly reader: PayoutLinkReader,
    private readonly reissuer: PayoutLinkReissuer,
    private readonly writeOffs: WriteOffRepository,
    private readonly client: XenditClient,
    private readonly inbox: WebhookInbox,
    private readonly outbox: OutboxRepository,
    private readonly dispatcher: OutboxDispatcher,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  /**
   * Creates a payout link; the provider mails it to the recipient (specification: “Create a Payout Link”).
   * The same call again gets the same link. A link in status `UNCONFIRMED` or `CREATING` may exist at the provider:
   * make the same call again, never one with another external id.
   * @throws InvalidPayoutLinkError before anything is stored
   * @throws DuplicatePayoutError, InsufficientBalanceError, PayoutRejectedError, AuthenticationError, PermissionError,
   *   ProviderUnavailableError, RateLimitedError when nothing was created; the link is then `REJECTED`
   */
  async create(input: CreatePayoutLink): Promise<PayoutLink> {
    const {
      externalId,
      amount,
      email,
      metadata,
      account = DEFAULT_ACCOUNT,
    } = checked(CreatePayoutLink, input, (given) => this.configuredErrors(given));
    return this.creator.create({
      account,
      externalId,
      amount: BigInt(amount),
      email,
      metadata: metadata ?? null,
    });
  }

  /** What is wrong by this host's configuration; the class checks the rest. */
  private configuredErrors({ amount, account = DEFAULT_ACCOUNT }: CreatePayoutLink): FieldError[] {
    const { minimumAmount, accounts } = this.options;
    const errors: FieldError[] = [];
    // Not anything: comparing an object may throw, and what is no number has its error from the class.
    const isNumber = typeof amount === 'bigint' || typeof amount === 'number';
    if (isNumber && amount < minimumAmount)
      errors.push({ field: 'amount', message: `amount must be at least ${minimumAmount}` });
    if (!accounts.has(account))
      errors.push({ field: 'account', message: `account must be one of ${[...accounts.keys()].join(', ')}` });
    return errors;
  }

  /** @throws PayoutLinkNotFoundError */
  async get(id: string): Promise<PayoutLink> {
    return found(isUUID(id) ? await this.repository.findById(id) : null, id);
  }

  /** @throws PayoutLinkNotFoundError */
  async getByExternalId(externalId: string, account: string = DEFAULT_ACCOUNT): Promise<PayoutLink> {
    // PostgreSQL refuses a NUL, so no link has one.
    const canBe = !externalId.includes('\0') && !account.includes('\0');
    return found(canBe ? await this.repository.findByExternalId(account, externalId) : null, externalId);
  }

  /**
   * Newest first, 50 on a page unless told otherwise; new links do not shift the pages.
   * @throws InvalidPayoutLinkError for an unknown status, a bad limit or a cursor that is not ours
   */
  async list(input: ListPayoutLinks = {}): Promise<PayoutLinkPage> {
    const { limit = 50, cursor, ...filter } = checked(ListPayoutLinks, input);
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await this.repository.list(filter, limit + 1, after);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
  }

  /** Every change of the link's state, oldest first. @throws PayoutLinkNotFoundError */
  async history(id: string): Promise<PayoutLinkTransition[]> {
    const link = await this.get(id);
    return this.repository.history(link.id);
  }

  /**
   * Asks the provider now and applies the answer (specification: “Retrieve a Payout Link”). Changes nothing for a link
   * without a provider id.
   * @throws UnexpectedResponseError, ProviderUnavailableError, RateLimitedError, AuthenticationError, PermissionError
   */
  async refresh(id: string): Promise<PayoutLink> {
    const link = await this.get(id);
    return link.providerId === null ? link : this.read(link);
  }

  /**
   * Makes a link that is still waiting for its recipient worthless (specification: “Void a Payout Link”). Voiding it
   * twice succeeds.
   * @throws PayoutLinkNotVoidableError after a fresh read, when it is in any other state
   */
  async void(id: string): Promise<PayoutLink> {
    let link = await this.get(id);
    if (link.status !== 'PENDING' && link.status !== 'VOIDED' && link.providerId !== null)
      link = await this.read(link);
    if (link.status === 'VOIDED') return link;
    if (link.status !== 'PENDING' || link.providerId === null) throw notVoidable(link);

    await this.repository.markVoidRequested(link.id);
    const sentAt = performance.now();
    const { response, inconclusiveBefore } = await this.client.voidPayout(link.account, link.providerId);
    if (response.kind === 'link') {
      const observation = { kind: 'link', link: response.link, raw: response.raw } as const;
      const recorded = await this.recorder.record(link, observation, {
        source: 'API',
        sentAtVersion: link.version,
        sentAt,
      });
      return this.voided(recorded.outcome === 'stale' ? await this.read(recorded.link) : usable(recorded));
    }
    // After an attempt that may have been carried out, a void that shows later is still ours.
    if (!inconclusiveBefore && response.kind !== 'inconclusive') await this.repository.withdrawVoid(link.id);
    if (response.kind !== 'refused' || isVoidRefusedForKey(response)) throw errorOfResponse(response);
    // The provider's word for “too late” is not documented: whatever it says, the link itself tells.
    return this.voided(await this.read(link), { message: refusalText(response), refusal: response.refusal });
  }

  /**
   * Takes the provider's link as ours, after a read that matches our external id and amount: the way out of
   * `UNCONFIRMED`, and of a create that was refused as a duplicate of our own.
   * @throws AdoptRefusedError when it does not match, or when ours does not wait to be settled
   */
  async adopt(id: string, providerId: string): Promise<PayoutLink> {
    const given = checked(AdoptPayoutLink, { providerId });
    const link = await this.get(id);
    const waits =
      link.status === 'UNCONFIRMED' || (link.status === 'REJECTED' && isDuplicateCode(link.failureCode));
    if (!waits) {
      throw new AdoptRefusedError(
        `only an UNCONFIRMED payout link, or one rejected as a duplicate, can be adopted; this one is ${link.status}`,
      );
    }
    const sentAt = performance.now();
    const response = await this.client.getPayout(link.account, given.providerId);
    if (response.kind === 'refused' && response.refusal.httpStatus === 404) {
      throw new AdoptRefusedError('the provider has no payout link with this id in this account');
    }
    if (response.kind !== 'link') throw errorOfResponse(response);
    if (response.link.externalId !== link.externalId || response.link.amount !== link.amount) {
      throw new AdoptRefusedError(
        'the provider’s payout link has another external id or amount: it is another payout',
      );
    }
    const recorded = await this.recorder.record(
      link,
      { kind: 'link', link: response.link, raw: response.raw, adopted: true },
      { source: 'OPERATOR', sentAtVersion: link.version, sentAt },
    );
    if (recorded.outcome !== 'move' && recorded.outcome !== 'same') {
      throw new AdoptRefusedError('the payout link has changed meanwhile: look at it again');
    }
    return recorded.link;
  }

  /**
   * Ends a create that is `UNCONFIRMED` and was never made at the provider: the link becomes `REJECTED` with the code
   * `ABANDONED`. Refused before the provider's link would have expired, which `force` skips. Should the provider show
   * the link after all, its status is applied and recorded as a discrepancy.
   * @throws AbandonRefusedError for a link that is not `UNCONFIRMED`, or was last sent less than four days ago, without `force`
   */
  async abandon(id: string, input: AbandonPayoutLink): Promise<PayoutLink> {
    const { reason, force = false } = checked(AbandonPayoutLink, input);
    const link = await this.get(id);
    const refusal = refusalOfAbandon(link, await this.repository.now(), force);
    if (refusal !== null) throw new AbandonRefusedError(refusal);
    const recorded = await this.recorder.record(
      link,
      { kind: 'abandoned', raw: { reason } },
      { source: 'OPERATOR', sentAtVersion: link.version, sentAt: performance.now() },
    );
    if (recorded.outcome !== 'move')
      throw new AbandonRefusedError('the payout link has changed meanwhile: look at it again');
    return recorded.link;
  }

  /**
   * Sends a dead link's money again as a new link with a new external id, at most once per link. Obeys the failure
   * catalogue; `force` skips its advice and nothing else. `email` corrects the recipient's address.
   * @throws ReissueRefusedError saying which guard refused; then whatever `create` throws
   */
  async reissue(id: string, input: ReissuePayoutLink): Promise<PayoutLink> {
    const { reason, externalId, email, force = false } = checked(ReissuePayoutLink, input);
    return this.reissuer.reissue(await this.get(id), { reason, externalId, email, force });
  }

  /**
   * Why `reissue` would refuse a link, as far as our own books tell, or null when they do not; the provider is not
   * asked. @throws PayoutLinkNotFoundError
   */
  async reissueRefusal(id: string, { force = false }: { force?: boolean } = {}): Promise<string | null> {
    return this.reissuer.refusal(await this.get(id), force);
  }

  /**
   * An operator's word that a failure will not be paid again: reports count it as settled, and `reissue` refuses it
   * without `force`. The link's state stays. Doing it twice changes nothing.
   * @throws WriteOffRefusedError for a link that has not failed or was replaced
   */
  async writeOff(id: string, input: WriteOffPayoutLink): Promise<PayoutLink> {
    const { reason } = checked(WriteOffPayoutLink, input);
    return this.writeOffs.writeOff(await this.get(id), reason);
  }

  /** Why `writeOff` would refuse a link, or null when it would not. @throws PayoutLinkNotFoundError */
  async writeOffRefusal(id: string): Promise<string | null> {
    return this.writeOffs.refusal(await this.get(id));
  }

  /** The link that took another's place, or null. @throws PayoutLinkNotFoundError */
  async successor(id: string): Promise<PayoutLink | null> {
    return this.repository.findSuccessor((await this.get(id)).id);
  }

  /**
   * Webhook deliveries by what became of them, newest first: `UNMATCHED` is about no link of ours, `DEAD` failed
   * five times. Either is worked on again when the provider sends it again.
   */
  deliveries(status: DeliveryStatus, limit = 100): Promise<PayoutLinkDelivery[]> {
    return this.inbox.list(status, limit);
  }

  /** The calls of handlers that were given up, oldest first. */
  deadLetters(limit = 100): Promise<PayoutLinkOutboxTask[]> {
    return this.outbox.deadLetters(limit);
  }

  /**
   * Calls handlers again for the changes that were given up: those of one handler, by its name, or all.
   * @returns how many calls were put back to work
   */
  async redrive(handler?: string): Promise<number> {
    const count = await this.outbox.redrive(handler ?? null);
    this.dispatcher.wake();
    return count;
  }

  private voided(link: PayoutLink, refused?: { message: string; refusal: ProviderRefusal }): PayoutLink {
    if (link.status !== 'VOIDED') throw notVoidable(link, refused);
    return link;
  }

  private async read(link: PayoutLink): Promise<PayoutLink> {
    const result = await this.reader.read(link, { source: 'API' });
    if (result.response.kind !== 'link') throw errorOfResponse(result.response);
    return usable(result);
  }
}

function found(link: PayoutLink | null, id: string): PayoutLink {
  if (!link) throw new PayoutLinkNotFoundError(`there is no payout link ${JSON.stringify(id.slice(0, 255))}`);
  return link;
}

/** A status that went backward is a finding; an answer about something else is no answer. */
function usable({ outcome, link, discrepancy }: Recorded): PayoutLink {
  if (
    outcome === 'discrepancy' &&
    (discrepancy?.type === 'AMOUNT_MISMATCH' || discrepancy?.type === 'MISSING_AT_PROVIDER')
  ) {
    throw new UnexpectedResponseError('the provider’s answer is not about the link that was asked for');
  }
  return link;
}

function notVoidable(
  link: PayoutLink,
  refused?: { message: string; refusal: ProviderRefusal },
): PayoutLinkNotVoidableError {
  const message = `only a PENDING payout link can be voided; this one is ${link.status}`;
  return new PayoutLinkNotVoidableError(
    refused ? `${message} (${refused.message})` : message,
    refused?.refusal,
  );
}
