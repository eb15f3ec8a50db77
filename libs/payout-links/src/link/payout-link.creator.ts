import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isUnstorable, PayoutLinksDatabase } from '../database/payout-links.database.js';
import { DuplicatePayoutError, type PayoutLinksError } from '../payout-links.errors.js';
import { LEASE_SECONDS, underLease } from '../lease.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { ABANDONED } from '../rules/decide.js';
import { maskEmails } from '../rules/mask-email.js';
import { errorOfRefusedCreate, isDuplicateCode } from '../xendit/response.errors.js';
import type { ProviderResponse } from '../xendit/provider-response.js';
import { XenditClient } from '../xendit/xendit.client.js';
import { RAW_TEXT_LIMIT } from '../xendit/xendit.responses.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkReader, type SentRead } from './payout-link.reader.js';
import { PayoutLinkRecorder, type Intent, type ObservationContext } from './payout-link.recorder.js';
import { PayoutLinkRepository } from './payout-link.repository.js';
import { WriteOffRepository } from './write-off.repository.js';

/**
 * Interval at which a caller waits for another caller's result, in milliseconds; each second it also checks
 * whether that caller's lease expired.
 */
const WAIT_MS = 100;
const WAITS_PER_TAKE_OVER = 10;

/** Makes sure that one intent becomes at most one payout, whatever fails. */
@Injectable()
export class PayoutLinkCreator {
  private readonly logger = new Logger('PayoutLinks');
  /**
   * Ids of intents that may have been stored although the database did not say so, and when their leases end at the
   * earliest. The next call sends such an intent at once instead of waiting until it may be taken over.
   */
  private readonly unsure = new Map<string, number>();

  constructor(
    private readonly client: XenditClient,
    private readonly recorder: PayoutLinkRecorder,
    private readonly reader: PayoutLinkReader,
    private readonly repository: PayoutLinkRepository,
    private readonly writeOffs: WriteOffRepository,
    private readonly database: PayoutLinksDatabase,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  /**
   * Stores the intent and sends it; the same call again returns the same link.
   * @throws PayoutLinksError after the refusal was stored
   */
  async create(intent: Intent): Promise<PayoutLink> {
    const id = randomUUID();
    const existing = await this.store({ ...intent, id });
    if (!existing) throw new Error('the intent was refused as a duplicate and cannot be found');
    if (existing.redactedAt !== null)
      throw new DuplicatePayoutError(
        'this external id was used already, for a recipient who was redacted since',
      );
    if (existing.amount !== intent.amount || existing.email.toLowerCase() !== intent.email.toLowerCase()) {
      throw new DuplicatePayoutError(
        'this external id belongs to a payout link with another amount or e-mail address: use another external id',
      );
    }
    // Stored by this call or by one that did not learn of it, and not sent yet.
    const isUnsent = existing.version === 1 && existing.leaseFence === 1;
    if (isUnsent && (existing.id === id || this.claim(existing.id))) return this.sendStored(existing);
    switch (existing.status) {
      case 'CREATING':
        return this.awaitResult(existing);
      case 'UNCONFIRMED':
        return this.sendOnce(existing);
      case 'REJECTED':
        return this.sendAgain(existing);
      default:
        return existing;
    }
  }

  /** @returns the link with the intent's external id, new or not */
  private async store(intent: Intent & { id: string }): Promise<PayoutLink | null> {
    const startedAt = performance.now();
    try {
      return await this.database.despiteLostResults(
        async () =>
          (await this.recorder.recordIntent(intent)) ??
          this.repository.findByExternalId(intent.account, intent.externalId),
      );
    } catch (error) {
      for (const [id, expiresAt] of this.unsure) {
        if (expiresAt > startedAt) break;
        this.unsure.delete(id);
      }
      this.unsure.set(intent.id, startedAt + LEASE_SECONDS * 1_000);
      throw error;
    }
  }

  /** Whether this call, and no other, has to send the intent: it was not learned of when it was stored. */
  private claim(id: string): boolean {
    const expiresAt = this.unsure.get(id) ?? 0;
    return this.unsure.delete(id) && performance.now() < expiresAt;
  }

  /** Sends an intent that was just stored. @throws PayoutLinksError after a refusal was stored */
  sendStored(stored: PayoutLink): Promise<PayoutLink> {
    return this.send(stored, { outcomeUnknown: false, source: 'API' });
  }

  /** Takes over creates that a crash interrupted. @returns how many */
  async recover(limit: number): Promise<number> {
    const intents = await this.repository.takeOverIntents(this.accounts, limit);
    const sent = await Promise.allSettled(
      intents.map((link) => this.send(link, { outcomeUnknown: true, source: 'RECOVERY' })),
    );
    for (const result of sent) if (result.status === 'rejected') throw result.reason;
    return intents.length;
  }

  /** The accounts that this process has a key for. */
  private get accounts(): string[] {
    return [...this.options.accounts.keys()];
  }

  /** Sends under the lease that `link` carries and stores the outcome. */
  private async send(
    link: PayoutLink,
    { outcomeUnknown, source }: { outcomeUnknown: boolean; source: 'API' | 'RECOVERY' },
  ): Promise<PayoutLink> {
    const sentAt = performance.now();
    const context = { source, sentAtVersion: link.version, sentAt, fence: link.leaseFence };
    const renew = () => this.repository.renewLease(link.id, link.leaseFence);
    return underLease(renew, async () => {
      const { response, inconclusiveBefore } = await this.client.createPayout(link.account, requestOf(link));
      if (response.kind === 'link') {
        const accepted = await this.accept({ link, sentAt }, response, source);
        if (accepted) return accepted;
        const text = JSON.stringify(response.raw).slice(0, RAW_TEXT_LIMIT);
        return this.recordUnconfirmed(link, { reason: 'cannot be stored', response: text }, context);
      }
      const raw = 'raw' in response ? response.raw : { reason: response.reason };
      if (outcomeUnknown || inconclusiveBefore || response.kind === 'inconclusive')
        return this.recordUnconfirmed(link, raw, context);
      const refused = { kind: 'refused', failureCode: failureCodeOf(response), raw } as const;
      const recorded = await this.database.persistently(() => this.recorder.record(link, refused, context));
      // Another process settled it, or an attempt to store it that seemed to fail: return the result.
      if (recorded.outcome !== 'move') return resultOf(recorded.link);
      throw errorOfRefusedCreate(response);
    });
  }

  private async recordUnconfirmed(
    link: PayoutLink,
    raw: unknown,
    context: ObservationContext,
  ): Promise<PayoutLink> {
    const record = () => this.recorder.record(link, { kind: 'unconfirmed', raw }, context);
    return (await this.database.persistently(record)).link;
  }

  /** `UNCONFIRMED`: sends the same POST once more; only a matching link settles it. */
  private async sendOnce(link: PayoutLink): Promise<PayoutLink> {
    await this.repository.markSent(link.id);
    const sentAt = performance.now();
    const { response } = await this.client.createPayout(link.account, requestOf(link), 1);
    const accepted = response.kind === 'link' && (await this.accept({ link, sentAt }, response, 'API'));
    // It may have been settled or abandoned meanwhile.
    return accepted || resultOf((await this.repository.findById(link.id)) ?? link);
  }

  /** `REJECTED`: the provider never accepted it, so it may be sent again, unless it was replaced or written off. */
  private async sendAgain(link: PayoutLink): Promise<PayoutLink> {
    if (link.failureCode === ABANDONED) throw abandoned();
    const successor = await this.repository.findSuccessor(link.id);
    if (successor) {
      throw new DuplicatePayoutError(
        `this payout link was replaced by ${successor.externalId}: use that one`,
      );
    }
    if (await this.writeOffs.isWrittenOff(link.id)) {
      throw new DuplicatePayoutError(
        'this payout link was written off: use another external id, or reissue it with force',
      );
    }
    const context = { source: 'API', sentAtVersion: link.version, sentAt: performance.now() } as const;
    const reopened = await this.recorder.record(link, { kind: 'sent-again' }, context);
    if (reopened.outcome === 'move') return this.sendStored(reopened.link);
    return this.awaitResult(reopened.link);
  }

  /** @returns null when the response cannot be stored: for example, another link of ours has its id */
  private async accept(
    { link, sentAt }: SentRead,
    response: Extract<ProviderResponse, { kind: 'link' }>,
    source: 'API' | 'RECOVERY',
  ): Promise<PayoutLink | null> {
    const observation = { kind: 'link', link: response.link, raw: response.raw } as const;
    const context = { source, sentAtVersion: link.version, sentAt };
    try {
      const record = () => this.recorder.record(link, observation, context);
      const recorded = await this.database.persistently(record);
      if (recorded.outcome !== 'stale') return recorded.link;
      return (await this.reader.read(recorded.link, { source }, response.link.id)).link;
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      const why = error instanceof Error ? error.message : 'failed';
      this.logger.error(`payout link ${link.id}: the response cannot be stored: ${maskEmails(why)}`);
      return null;
    }
  }

  private async awaitResult(link: PayoutLink): Promise<PayoutLink> {
    return resultOf(await this.settled(link));
  }

  /** Waits until another caller's create has a result, and takes the create over when that caller's lease expired. */
  async settled(link: PayoutLink): Promise<PayoutLink> {
    const deadline = performance.now() + this.options.http.totalTimeoutMs;
    let current = link;
    for (let looks = 0; current.status === 'CREATING' && performance.now() < deadline; looks += 1) {
      if (looks % WAITS_PER_TAKE_OVER === 0) {
        const [taken] = await this.repository.takeOverIntents(this.accounts, 1, link.id);
        if (taken) return this.send(taken, { outcomeUnknown: true, source: 'RECOVERY' });
      }
      await wait(WAIT_MS);
      current = (await this.repository.findById(link.id)) ?? current;
    }
    return current;
  }
}

function requestOf(link: PayoutLink) {
  return { externalId: link.externalId, amount: link.amount, email: link.email, idempotencyKey: link.id };
}

/** Codes for refusals without one, by HTTP status. */
const CODES_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'INVALID_API_KEY',
  403: 'REQUEST_FORBIDDEN_ERROR',
};

function failureCodeOf(response: Exclude<ProviderResponse, { kind: 'link' | 'inconclusive' }>): string {
  switch (response.kind) {
    case 'unreachable':
      return 'PROVIDER_UNREACHABLE';
    case 'rate-limited':
      return 'RATE_LIMIT_EXCEEDED';
    case 'refused':
      return (
        response.refusal.errorCode ??
        CODES_OF_STATUS[response.refusal.httpStatus] ??
        `HTTP_${response.refusal.httpStatus}`
      );
  }
}

/** Repeats the outcome that the first caller got. */
function resultOf(link: PayoutLink): PayoutLink {
  if (link.status === 'REJECTED') throw errorOfRejectedLink(link);
  return link;
}

function abandoned(): DuplicatePayoutError {
  return new DuplicatePayoutError(
    'this payout link was abandoned by an operator: reissue it with force when the money is still to be sent',
  );
}

function errorOfRejectedLink({ failureCode }: PayoutLink): PayoutLinksError {
  if (failureCode === ABANDONED) return abandoned();
  const refusal = { httpStatus: httpStatusOf(failureCode), errorCode: failureCode ?? undefined };
  const message = 'the same create, sent by another caller, was refused';
  if (failureCode === 'PROVIDER_UNREACHABLE') {
    return errorOfRefusedCreate({ kind: 'unreachable', reason: message });
  }
  const empty = { limit: null, remaining: null, resetMs: null };
  if (failureCode === 'RATE_LIMIT_EXCEEDED') {
    return errorOfRefusedCreate({
      kind: 'rate-limited',
      retryAfterMs: null,
      refusal,
      raw: null,
      rateLimit: empty,
    });
  }
  return errorOfRefusedCreate({ kind: 'refused', message, refusal, raw: null, rateLimit: empty });
}

function httpStatusOf(failureCode: string | null): number {
  if (failureCode === 'INVALID_API_KEY') return 401;
  if (failureCode === 'REQUEST_FORBIDDEN_ERROR') return 403;
  return isDuplicateCode(failureCode) ? 409 : 400;
}
