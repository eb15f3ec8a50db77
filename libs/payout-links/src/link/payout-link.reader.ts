import { Injectable } from '@nestjs/common';
import { XenditClient } from '../xendit/xendit.client.js';
import type { ProviderResponse } from '../xendit/provider-response.js';
import { saysNothingNew } from '../rules/decide.js';
import type { ObservationContext, Recorded } from './payout-link.recorder.js';
import { PayoutLinkRecorder } from './payout-link.recorder.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkRepository } from './payout-link.repository.js';

/** One read from the provider and its effect. */
export interface ReadResult extends Recorded {
  response: ProviderResponse;
}

/** A link for which a read was sent. */
export interface SentRead {
  link: PayoutLink;
  /** When, by `performance.now()`. */
  sentAt: number;
}

/** The context in which a read is applied, without what the reader itself knows. */
type ReadContext = Omit<ObservationContext, 'sentAtVersion' | 'sentAt'> & {
  /** Makes a single attempt. */
  once?: boolean;
  signal?: AbortSignal;
};

/** Reads per call while the row keeps changing; then the row is left to the next reader. */
const READS = 3;

/** Reads a link from the provider and applies the response. */
@Injectable()
export class PayoutLinkReader {
  /** @internal Nest creates the instance; its dependencies stay out of the published types. */
  constructor(
    private readonly client: XenditClient,
    private readonly recorder: PayoutLinkRecorder,
    private readonly repository: PayoutLinkRepository,
  ) {}

  /**
   * Reads again when the row changed during the read and the response is not a step forward.
   * @param providerId the id to try, for a link that has none yet
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
   * Sends one read without retries and applies nothing, for bulk callers. `isNews` is false when the response only
   * confirms the stored link; `confirm` then records many of them at once.
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

  /** Records that the provider confirmed these links unchanged, in one statement. */
  confirm(reads: readonly SentRead[]): Promise<void> {
    return this.repository.confirm(reads);
  }

  /**
   * Applies a response about a link.
   * @param sent the link as it was when the read was sent
   * @param readsAtMost 1: a stale response is not followed by another read
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
