import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { OutboxDispatcher } from './handlers/outbox.dispatcher.js';
import type { PayoutLinkOutboxTask } from './handlers/outbox.entity.js';
import { OutboxRepository } from './handlers/outbox.repository.js';
import { decodeCursor, encodeCursor } from './link/cursor.js';
import { createMany, type CreateManyResult } from './link/create-many.js';
import { PayoutLinkAdopter } from './link/payout-link.adopter.js';
import { PayoutLinkCreator } from './link/payout-link.creator.js';
import type { PayoutLink } from './link/payout-link.entity.js';
import { PayoutLinkImporter } from './link/payout-link.importer.js';
import { PayoutLinkRecorder } from './link/payout-link.recorder.js';
import { PayoutLinkRepository } from './link/payout-link.repository.js';
import { PayoutLinkVoider } from './link/payout-link.voider.js';
import type { PayoutLinkTransition } from './link/transition.entity.js';
import { PayoutLinkReissuer } from './link/payout-link.reissuer.js';
import { WriteOffRepository } from './link/write-off.repository.js';
import {
  AbandonPayoutLink,
  AdoptPayoutLink,
  CancelReissuePlan,
  checked,
  CreatePayoutLink,
  ImportPayoutLink,
  ListPayoutLinks,
  ReissuePayoutLink,
  WriteOffPayoutLink,
} from './payout-links.dto.js';
import {
  AbandonRefusedError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  ReissueRefusedError,
  type FieldError,
} from './payout-links.errors.js';
import {
  DEFAULT_ACCOUNT,
  RESOLVED_OPTIONS,
  type ResolvedPayoutLinksOptions,
} from './payout-links.options.js';
import { isFailed } from './rules/payout-link.status.js';
import { refusalOfAbandon } from './rules/abandon.js';
import type { PayoutLinkReissuePlan } from './reissue-plan/reissue-plan.entity.js';
import { ReissuePlanRepository } from './reissue-plan/reissue-plan.repository.js';
import type { DeliveryStatus, PayoutLinkDelivery } from './webhook/delivery.entity.js';
import { WebhookInbox } from './webhook/webhook.inbox.js';
import { errorOfResponse } from './xendit/response.errors.js';
import { Forgetting } from './privacy/forget.js';
import { XenditClient } from './xendit/xendit.client.js';

/** A page of links, newest first. */
export interface PayoutLinkPage {
  items: PayoutLink[];
  /** Pass it as `cursor` to get the next page; null on the last one. */
  nextCursor: string | null;
}

/** An account's balance at the provider. */
export interface PayoutBalance {
  /** Whole rupiah; may be negative. */
  available: bigint;
  currency: 'IDR';
  at: Date;
}

/**
 * The API of the module: create, read, void and reissue payout links. Throws `PayoutLinksError`s, and TypeORM's
 * `QueryFailedError` when the database is unavailable.
 */
@Injectable()
export class PayoutLinksService {
  /** @internal Nest creates the instance; its dependencies stay out of the published types. */
  constructor(
    private readonly creator: PayoutLinkCreator,
    private readonly repository: PayoutLinkRepository,
    private readonly recorder: PayoutLinkRecorder,
    private readonly voider: PayoutLinkVoider,
    private readonly adopter: PayoutLinkAdopter,
    private readonly importer: PayoutLinkImporter,
    private readonly reissuer: PayoutLinkReissuer,
    private readonly plans: ReissuePlanRepository,
    private readonly writeOffs: WriteOffRepository,
    private readonly client: XenditClient,
    private readonly inbox: WebhookInbox,
    private readonly outbox: OutboxRepository,
    private readonly dispatcher: OutboxDispatcher,
    private readonly forgetting: Forgetting,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  /**
   * Creates a payout link; the provider e-mails it to the recipient. Idempotent: the same call again returns the
   * same link. A link in status `UNCONFIRMED` or `CREATING` may exist at the provider: repeat the same call, never
   * with another external id. See https://docs.xendit.co/integration-payout-links#create-a-payout-link
   * @throws InvalidPayoutLinkError before anything is stored
   * @throws DuplicatePayoutError when the external id is already used
   * @throws InsufficientBalanceError, PayoutRejectedError, AuthenticationError, PermissionError,
   *   ProviderUnavailableError or RateLimitedError when nothing was created; the link is then `REJECTED`
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

  /**
   * Creates many links under the rules of `create`, some at a time, and yields each result as it finishes. An input
   * that is invalid or refused yields its error, and the others are still created; a key that the provider does not accept (401,
   * 403) ends it. Ending the loop early waits for what is in progress.
   * @param inputs taken one by one; an input's own `account` wins
   * @param options `concurrency`: creates in progress at a time, 1 to 100 @default 4
   * @throws InvalidPayoutLinkError for an invalid concurrency; then what the iterable throws, after the results in
   *   progress
   */
  createMany(
    inputs: Iterable<CreatePayoutLink> | AsyncIterable<CreatePayoutLink>,
    { account, concurrency = 4 }: { account?: string; concurrency?: number } = {},
  ): AsyncGenerator<CreateManyResult, void, void> {
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 100) {
      const message = 'concurrency must be an integer from 1 to 100';
      throw new InvalidPayoutLinkError([{ field: 'concurrency', message }]);
    }
    const create = (input: unknown) =>
      this.create(Object.assign(account === undefined ? {} : { account }, input as CreatePayoutLink));
    return createMany(inputs, create, concurrency);
  }

  /** The fields for which `create` would throw `InvalidPayoutLinkError`; nothing is stored or sent. */
  invalidFields(input: CreatePayoutLink): readonly FieldError[] {
    try {
      checked(CreatePayoutLink, input, (given) => this.configuredErrors(given));
      return [];
    } catch (error) {
      if (error instanceof InvalidPayoutLinkError) return error.errors;
      throw error;
    }
  }

  /** Checks against this host's configuration; the class checks the rest. */
  private configuredErrors({ amount, account }: CreatePayoutLink): FieldError[] {
    const { minimumAmount } = this.options;
    const errors: FieldError[] = [];
    // Comparing an object may throw; a value that is not a number already has its error from the class.
    const isNumber = typeof amount === 'bigint' || typeof amount === 'number';
    if (isNumber && amount < minimumAmount)
      errors.push({ field: 'amount', message: `amount must be at least ${minimumAmount}` });
    return [...errors, ...this.accountErrors({ account })];
  }

  private accountErrors({ account = DEFAULT_ACCOUNT }: { account?: string }): FieldError[] {
    const { accounts } = this.options;
    if (accounts.has(account)) return [];
    return [{ field: 'account', message: `account must be one of ${[...accounts.keys()].join(', ')}` }];
  }

  /** @throws PayoutLinkNotFoundError */
  async get(id: string): Promise<PayoutLink> {
    return found(isUUID(id) ? await this.repository.findById(id) : null, id);
  }

  /** @throws PayoutLinkNotFoundError */
  async getByExternalId(externalId: string, account: string = DEFAULT_ACCOUNT): Promise<PayoutLink> {
    // PostgreSQL cannot store NUL, so no link has one.
    const canBe = !externalId.includes('\0') && !account.includes('\0');
    return found(canBe ? await this.repository.findByExternalId(account, externalId) : null, externalId);
  }

  /**
   * Newest first. New links do not shift the pages.
   * @throws InvalidPayoutLinkError for an unknown status, an invalid limit or cursor
   */
  async list(input: ListPayoutLinks = {}): Promise<PayoutLinkPage> {
    const { limit = 50, cursor, ...filter } = checked(ListPayoutLinks, input);
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await this.repository.list(filter, limit + 1, after);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
  }

  /** All changes of the link's state, oldest first. @throws PayoutLinkNotFoundError */
  async history(id: string): Promise<PayoutLinkTransition[]> {
    const link = await this.get(id);
    return this.repository.history(link.id);
  }

  /**
   * Reads the link at the provider and applies the response. Changes nothing for a link without a provider id. See
   * https://docs.xendit.co/integration-payout-links#retrieve-a-payout-link
   * @throws UnexpectedResponseError, ProviderUnavailableError, RateLimitedError, AuthenticationError or
   *   PermissionError
   */
  async refresh(id: string): Promise<PayoutLink> {
    const link = await this.get(id);
    return link.providerId === null ? link : this.voider.read(link);
  }

  /**
   * Cancels an unclaimed link. Idempotent. See https://docs.xendit.co/integration-payout-links#void-a-payout-link
   * @throws PayoutLinkNotVoidableError after a fresh read, when it is in any other status
   */
  async void(id: string): Promise<PayoutLink> {
    return this.voider.void(await this.get(id));
  }

  /**
   * Resolves `UNCONFIRMED`, or a create refused as a duplicate of our own, with the provider's link: reads it and
   * takes it over if external id and amount match.
   * @throws AdoptRefusedError when it does not match, or ours is not waiting to be settled
   */
  async adopt(id: string, providerId: string): Promise<PayoutLink> {
    const given = checked(AdoptPayoutLink, { providerId });
    return this.adopter.adopt(await this.get(id), given.providerId);
  }

  /**
   * Takes over a link that was made elsewhere: reads it from the provider and stores it, without notifying handlers.
   * Idempotent. A link that is final by then is history: reports do not list it, and `reissue` needs `force`.
   * @throws InvalidPayoutLinkError when a given value differs from the provider's, or there is no e-mail address
   * @throws PayoutLinkNotFoundError when the provider does not have it in this account
   * @throws DuplicatePayoutError when another account, or another payout of ours, has it
   * @throws AdoptRefusedError when a create of ours with an unknown outcome has its external id and another amount
   */
  async importLink(input: ImportPayoutLink): Promise<PayoutLink> {
    const {
      account = DEFAULT_ACCOUNT,
      amount,
      ...given
    } = checked(ImportPayoutLink, input, (value) => this.accountErrors(value));
    const request = { ...given, account, amount: amount === undefined ? undefined : BigInt(amount) };
    return (await this.importer.import(request)).link;
  }

  /**
   * Ends an `UNCONFIRMED` create that was never made at the provider: the link becomes `REJECTED` with the code
   * `ABANDONED`. Refused until the provider's link would have expired; `force` skips that. If the provider shows
   * the link after all, its status is applied and recorded as a discrepancy.
   * @throws AbandonRefusedError for a link that is not `UNCONFIRMED`, or was last sent less than four days ago,
   *   without `force`
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
      throw new AbandonRefusedError('the payout link has changed meanwhile: review it and try again');
    return recorded.link;
  }

  /**
   * Resends a dead link's money through a new link with a new external id, at most once per link. Obeys the
   * failure catalogue; `force` skips its advice and nothing else. `email` corrects the recipient's address.
   * @throws ReissueRefusedError saying which guard refused; then what `create` throws
   */
  async reissue(id: string, input: ReissuePayoutLink): Promise<PayoutLink> {
    const { reason, externalId, email, force = false } = checked(ReissuePayoutLink, input);
    return this.reissuer.reissue(await this.get(id), { reason, externalId, email, force });
  }

  /**
   * Why `reissue` would refuse a link, from our database alone (the provider is not asked); null when it would
   * not. @throws PayoutLinkNotFoundError
   */
  async reissueRefusal(id: string, { force = false }: { force?: boolean } = {}): Promise<string | null> {
    return this.reissuer.refusal(await this.get(id), force);
  }

  /**
   * Records an operator's decision that a failure will not be paid again: reports count it as settled, and
   * `reissue` refuses it without `force`. The status does not change. Idempotent.
   * @throws WriteOffRefusedError for a link that has not failed or was replaced
   */
  async writeOff(id: string, input: WriteOffPayoutLink): Promise<PayoutLink> {
    const { reason } = checked(WriteOffPayoutLink, input);
    return this.writeOffs.writeOff(await this.get(id), reason);
  }

  /** Why `writeOff` would refuse a link; null when it would not. @throws PayoutLinkNotFoundError */
  async writeOffRefusal(id: string): Promise<string | null> {
    return this.writeOffs.refusal(await this.get(id));
  }

  /** The automatic reissues that are planned for links, by link id. */
  async reissuePlans(
    links: readonly Pick<PayoutLink, 'id' | 'status'>[],
  ): Promise<Map<string, PayoutLinkReissuePlan>> {
    const plans = await this.plans.find(links.flatMap(({ id, status }) => (isFailed(status) ? [id] : [])));
    return new Map(plans.map((plan) => [plan.payoutLinkId, plan]));
  }

  /**
   * Cancels the automatic reissue that is planned for a link; the failure is left to people.
   * @throws ReissueRefusedError when none is planned, or it was sent already
   */
  async cancelReissuePlan(id: string, input: CancelReissuePlan): Promise<PayoutLinkReissuePlan> {
    const { reason } = checked(CancelReissuePlan, input);
    const cancelled = await this.plans.cancel(await this.get(id), reason);
    if (!cancelled) {
      throw new ReissueRefusedError(
        'no automatic reissue is planned for this payout link: nothing to cancel',
      );
    }
    return cancelled;
  }

  /** The link that replaced this one, or null. @throws PayoutLinkNotFoundError */
  async successor(id: string): Promise<PayoutLink | null> {
    return this.repository.findSuccessor((await this.get(id)).id);
  }

  /**
   * Webhook deliveries by status, newest first: `UNMATCHED` is about no link of ours, `DEAD` failed five times.
   * Both are processed again when the provider sends them again.
   */
  deliveries(status: DeliveryStatus, limit = 100): Promise<PayoutLinkDelivery[]> {
    return this.inbox.list(status, limit);
  }

  /** Dead letters of the handlers, oldest first. */
  deadLetters(limit = 100): Promise<PayoutLinkOutboxTask[]> {
    return this.outbox.deadLetters(limit);
  }

  /**
   * Retries dead letters: those of one handler, by its name, or all.
   * @returns how many were queued again
   */
  async redrive(handler?: string): Promise<number> {
    const count = await this.outbox.redrive(handler ?? null);
    this.dispatcher.wake();
    return count;
  }

  /**
   * Redacts a person: the address, metadata, reasons, raw responses and deliveries of every link of that address.
   * Amounts, statuses, times and ids stay, so that reports balance. It cannot be undone.
   * @returns how many links were redacted
   * @throws InvalidPayoutLinkError while one of them is open, or a reissue of it is planned
   */
  forget(email: string): Promise<{ links: number }> {
    return this.forgetting.forget(email);
  }

  /**
   * The account's balance at the provider, in whole rupiah, rounded down; it may be negative. See
   * https://docs.xendit.co/apidocs/get-balance
   * @throws InvalidPayoutLinkError for an unknown account; PermissionError, AuthenticationError, RateLimitedError,
   *   ProviderUnavailableError or UnexpectedResponseError
   */
  async balance(account: string = DEFAULT_ACCOUNT): Promise<PayoutBalance> {
    const response = await this.client.getBalance(account);
    if (response.kind !== 'balance') throw errorOfResponse(response);
    return { available: response.available, currency: 'IDR', at: new Date() };
  }
}

function found(link: PayoutLink | null, id: string): PayoutLink {
  if (!link) throw new PayoutLinkNotFoundError(`there is no payout link ${JSON.stringify(id.slice(0, 255))}`);
  return link;
}
