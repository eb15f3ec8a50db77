import { Injectable } from '@nestjs/common';
import { AdoptRefusedError } from '../payout-links.errors.js';
import type { ProviderLink } from '../rules/observation.js';
import { errorOfResponse, isDuplicateCode } from '../xendit/response.errors.js';
import { XenditClient } from '../xendit/xendit.client.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkRecorder } from './payout-link.recorder.js';

/** Settles a create whose outcome is unknown, or that was refused as a duplicate of our own, with the provider's link. */
@Injectable()
export class PayoutLinkAdopter {
  constructor(
    private readonly client: XenditClient,
    private readonly recorder: PayoutLinkRecorder,
  ) {}

  /**
   * Reads the provider's link and takes it over if external id and amount match.
   * @throws AdoptRefusedError, or the error of the response
   */
  async adopt(link: PayoutLink, providerId: string): Promise<PayoutLink> {
    if (!waitsForAdoption(link)) {
      throw new AdoptRefusedError(
        `only an UNCONFIRMED payout link, or one rejected as a duplicate, can be adopted; this one is ${link.status}`,
      );
    }
    const sentAt = performance.now();
    const response = await this.client.getPayout(link.account, providerId);
    if (response.kind === 'refused' && response.refusal.httpStatus === 404) {
      throw new AdoptRefusedError('the provider has no payout link with this id in this account');
    }
    if (response.kind !== 'link') throw errorOfResponse(response);
    requireSamePayout(link, response.link);
    const recorded = await this.recorder.record(
      link,
      { kind: 'link', link: response.link, raw: response.raw, adopted: true },
      { source: 'OPERATOR', sentAtVersion: link.version, sentAt },
    );
    if (recorded.outcome !== 'move' && recorded.outcome !== 'same') {
      throw new AdoptRefusedError('the payout link has changed meanwhile: review it and try again');
    }
    return recorded.link;
  }
}

/** @internal Whether it is unknown which link of the provider, if any, is this one. */
export function waitsForAdoption({ status, failureCode }: PayoutLink): boolean {
  return status === 'UNCONFIRMED' || (status === 'REJECTED' && isDuplicateCode(failureCode));
}

/** @internal @throws AdoptRefusedError when the provider's link is another payout */
export function requireSamePayout(link: PayoutLink, seen: ProviderLink): void {
  if (seen.externalId === link.externalId && seen.amount === link.amount) return;
  throw new AdoptRefusedError(
    'the provider’s payout link has another external id or amount: it is another payout',
  );
}
