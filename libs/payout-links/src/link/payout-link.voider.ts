import { Injectable } from '@nestjs/common';
import {
  PayoutLinkNotVoidableError,
  UnexpectedResponseError,
  type ProviderRefusal,
} from '../payout-links.errors.js';
import { isAboutAnotherPayout } from '../rules/discrepancy.js';
import { errorOfResponse, isVoidRefusedForKey, refusalText } from '../xendit/response.errors.js';
import { XenditClient } from '../xendit/xendit.client.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkReader } from './payout-link.reader.js';
import { PayoutLinkRecorder, type Recorded } from './payout-link.recorder.js';
import { PayoutLinkRepository } from './payout-link.repository.js';

/** Cancels unclaimed links at the provider. */
@Injectable()
export class PayoutLinkVoider {
  constructor(
    private readonly client: XenditClient,
    private readonly recorder: PayoutLinkRecorder,
    private readonly reader: PayoutLinkReader,
    private readonly repository: PayoutLinkRepository,
  ) {}

  /** @throws PayoutLinkNotVoidableError after a fresh read, when it is in any other status; what `read` throws */
  async void(given: PayoutLink): Promise<PayoutLink> {
    let link = given;
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
      return voided(recorded.outcome === 'stale' ? await this.read(recorded.link) : usable(recorded));
    }
    // After an attempt with an unknown outcome, a void that shows later is still ours.
    if (!inconclusiveBefore && response.kind !== 'inconclusive') await this.repository.withdrawVoid(link.id);
    if (response.kind !== 'refused' || isVoidRefusedForKey(response)) throw errorOfResponse(response);
    // The error code for a late void is undocumented, so re-read the link.
    return voided(await this.read(link), { message: refusalText(response), refusal: response.refusal });
  }

  /** Reads the link at the provider and applies the response. */
  async read(link: PayoutLink): Promise<PayoutLink> {
    const result = await this.reader.read(link, { source: 'API' });
    if (result.response.kind !== 'link') throw errorOfResponse(result.response);
    return usable(result);
  }
}

/** A status that went backward is a discrepancy; a response about another link is unusable. */
function usable({ outcome, link, discrepancy }: Recorded): PayoutLink {
  if (outcome === 'discrepancy' && isAboutAnotherPayout(discrepancy)) {
    throw new UnexpectedResponseError('the provider’s response is not about the requested link');
  }
  return link;
}

function voided(link: PayoutLink, refused?: { message: string; refusal: ProviderRefusal }): PayoutLink {
  if (link.status !== 'VOIDED') throw notVoidable(link, refused);
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
