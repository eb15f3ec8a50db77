import { Injectable } from '@nestjs/common';
import { XenditClient, type ReadOptions } from '../xendit/xendit.client.js';
import type { ProviderResponse } from '../xendit/xendit.responses.js';
import { saysNothingNew } from '../rules/decide.js';
import type { ObservationContext, Recorded } from './payout-link.recorder.js';
import { PayoutLinkRecorder } from './payout-link.recorder.js';
import type { PayoutLink } from './payout-link.entity.js';
import type { BesideConfirm } from './beside-confirm.js';
import { PayoutLinkRepository } from './payout-link.repository.js';

/** One read of the provider and what became of it. */
export interface ReadResult extends Recorded {
  response: ProviderResponse;
}

/** A link that the provider was asked about. */
export interface SentRead {
  link: PayoutLink;
  /** When, as `performance.now()` tells. */
  sentAt: number;
}

/** Under what circumstances a read is applied; when it was sent is for the reader to know. */
type ReadContext = Omit<ObservationContext, 'sentAtVersion' | 'sentAt'> & Pick<ReadOptions, 'signal'>;

/** Reads that met a change of the row under way, at most, before the row is left to the next reader. */
const READS = 3;

/** Asks the provider about one link and applies the answer. */
@Injectable()
export class PayoutLinkReader {
  /** @internal Nest makes the one instance: what it is made of stays out of the published types. */
  constructor(
    private readonly client: XenditClient,
    private readonly recorder: PayoutLinkRecorder,
    private readonly repository: PayoutLinkRepository,
  ) {}

  /**
   * Reads again when the row changed while the read was under way and the answer is not a step forward.
   * @param providerId where the link has none yet: the id to try
   */
  async read(
    link: PayoutLink,
    context: ReadContext,
    providerId: string | null = link.providerId,
  ): Promise<ReadResult> {
    if (providerId === null) throw new Error(`payout link ${link.id} has no provider id to read by`);
    const sentAt = performance.now();
    const response = await this.client.getPayout(link.account, providerId, context);
    return this.apply({ link, sentAt }, response, context);
  }

  /**
   * Asks once, without another try, and applies nothing: for who reads many links and keeps books of its own.
   * `isNews` is false when the answer only confirms what we hold: `confirm` then does for many links at once.
   */
  async poll(
    link: PayoutLink,
    signal?: AbortSignal,
  ): Promise<SentRead & { response: ProviderResponse; isNews: boolean }> {
    if (link.providerId === null) throw new Error(`payout link ${link.id} has no provider id to read by`);
    const sentAt = performance.now();
    const response = await this.client.getPayout(link.account, link.providerId, { once: true, signal });
    return {
      link,
      sentAt,
      response,
      isNews: response.kind !== 'link' || !saysNothingNew(link, response.link),
    };
  }

  /**
   * Keeps that the provider has confirmed these links as we hold them, in one statement.
   * @param beside what the caller keeps of the same reads, in the same statement
   */
  confirm(reads: readonly SentRead[], beside?: BesideConfirm): Promise<void> {
    return this.repository.confirm(reads, beside);
  }

  /**
   * Applies an answer about a link, which was asked for when the row was as given.
   * @param readsAtMost with 1 a stale answer is not followed by another read
   */
  async apply(
    sent: SentRead,
    first: ProviderResponse,
    context: ReadContext,
    readsAtMost = READS,
  ): Promise<ReadResult> {
    let { link: current, sentAt } = sent;
    let response = first;
    for (let reads = 1; ; reads += 1) {
      if (response.kind === 'refused' && response.refusal.httpStatus === 404 && current.providerId !== null) {
        await this.recorder.recordMissing(current, context.source, response.refusal.errorCode ?? 'HTTP 404');
      }
      if (response.kind !== 'link') return { response, outcome: 'ignored', link: current };
      const recorded = await this.recorder.record(
        current,
        { kind: 'link', link: response.link, raw: response.raw },
        { ...context, sentAtVersion: current.version, sentAt },
      );
      if (recorded.outcome !== 'stale' || reads >= readsAtMost) return { response, ...recorded };
      current = recorded.link;
      sentAt = performance.now();
      response = await this.client.getPayout(
        current.account,
        current.providerId ?? response.link.id,
        context,
      );
    }
  }
}
