import { Injectable } from '@nestjs/common';
import { XenditClient } from '../xendit/xendit.client.js';
import type { Answer } from '../xendit/xendit.answers.js';
import type { ObservationContext, Recorded } from './payout-link.recorder.js';
import { PayoutLinkRecorder } from './payout-link.recorder.js';
import type { PayoutLink } from './payout-link.entity.js';

/** One read of the provider and what became of it. */
export interface ReadResult extends Recorded {
  answer: Answer;
}

/** Reads that met a change of the row under way, at most, before the row is left to the next reader. */
const READS = 3;

/** Asks the provider about one link and applies the answer. */
@Injectable()
export class PayoutLinkReader {
  constructor(
    private readonly client: XenditClient,
    private readonly recorder: PayoutLinkRecorder,
  ) {}

  /**
   * Reads again when the row changed while the read was under way and the answer is not a step forward.
   * @param providerId where the link has none yet: the id to try
   */
  async read(
    link: PayoutLink,
    context: Omit<ObservationContext, 'sentAtVersion'>,
    providerId: string | null = link.providerId,
  ): Promise<ReadResult> {
    if (providerId === null) throw new Error(`payout link ${link.id} has no provider id to read by`);
    let held = link;
    for (let reads = 1; ; reads += 1) {
      const answer = await this.client.getPayout(held.account, providerId);
      if (answer.kind === 'refused' && answer.refusal.httpStatus === 404 && held.providerId !== null) {
        await this.recorder.recordMissing(held, context.source, answer.refusal.errorCode ?? 'HTTP 404');
      }
      if (answer.kind !== 'link') return { answer, outcome: 'ignored', link: held };
      const recorded = await this.recorder.record(
        held,
        { kind: 'link', link: answer.link, raw: answer.raw },
        { ...context, sentAtVersion: held.version },
      );
      if (recorded.outcome !== 'stale' || reads >= READS) return { answer, ...recorded };
      held = recorded.link;
    }
  }
}
