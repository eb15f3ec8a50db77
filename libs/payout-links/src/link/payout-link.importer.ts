import { Injectable } from '@nestjs/common';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import {
  DuplicatePayoutError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  UnexpectedResponseError,
  type FieldError,
} from '../payout-links.errors.js';
import type { ProviderLink } from '../rules/observation.js';
import { decideOnImport } from '../rules/decide.js';
import { isMailbox } from '../rules/texts.js';
import { errorOfResponse } from '../xendit/response.errors.js';
import { XenditClient } from '../xendit/xendit.client.js';
import { isRecord } from '../xendit/xendit.responses.js';
import { PayoutLinkAdopter, requireSamePayout, waitsForAdoption } from './payout-link.adopter.js';
import { PayoutLinkCreator } from './payout-link.creator.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkRecorder } from './payout-link.recorder.js';
import { PayoutLinkRepository } from './payout-link.repository.js';

/** A link made elsewhere; what is given beside its id must be what the provider says. */
export interface ImportRequest {
  account: string;
  providerId: string;
  externalId?: string;
  /** Whole rupiah. */
  amount?: bigint;
  email?: string;
}

/** What an import finds. */
type Found =
  /** It is stored already. */
  | { outcome: 'known'; link: PayoutLink }
  /** Our own create with an unknown outcome. */
  | { outcome: 'adopt'; link: PayoutLink; seen: ProviderLink }
  | { outcome: 'new'; seen: ProviderLink; raw: unknown; email: string };

/** Takes over links that were made elsewhere. */
@Injectable()
export class PayoutLinkImporter {
  /** @internal Nest creates the instance; its dependencies stay out of the published types. */
  constructor(
    private readonly client: XenditClient,
    private readonly repository: PayoutLinkRepository,
    private readonly recorder: PayoutLinkRecorder,
    private readonly adopter: PayoutLinkAdopter,
    private readonly creator: PayoutLinkCreator,
    private readonly accounts: PayoutLinksAccounts,
  ) {}

  /**
   * Stores the provider's link, or returns the one that is stored already. Idempotent.
   * @throws what `check` throws, and AdoptRefusedError
   */
  async import(request: ImportRequest): Promise<{ isNew: boolean; link: PayoutLink }> {
    const found = await this.find(request, true);
    if (found.outcome === 'known') return { isNew: false, link: found.link };
    if (found.outcome === 'adopt') {
      return { isNew: true, link: await this.adopter.adopt(found.link, request.providerId) };
    }
    const { seen, raw, email } = found;
    const link = await this.recorder.recordImport({
      account: request.account,
      accounts: this.accounts.sharingTokenWith(request.account),
      seen,
      raw,
      email,
      ...decideOnImport(seen, await this.repository.now()),
    });
    // Another caller has stored it meanwhile.
    return link ? { isNew: true, link } : this.import(request);
  }

  /**
   * Reads the provider and stores nothing.
   * @returns whether an import would store or settle something, and the status that it would have
   * @throws InvalidPayoutLinkError when a given value differs, or there is no e-mail address
   * @throws PayoutLinkNotFoundError when the provider does not have it in this account
   * @throws DuplicatePayoutError when another account, or another link of ours, has it
   */
  async check(request: ImportRequest): Promise<{ isNew: boolean; status: string; externalId: string }> {
    const found = await this.find(request, false);
    if (found.outcome === 'known') {
      const { status, externalId } = found.link;
      return { isNew: false, status, externalId };
    }
    const { status } = decideOnImport(found.seen, await this.repository.now());
    return { isNew: true, status, externalId: found.seen.externalId };
  }

  private async find(request: ImportRequest, waits: boolean): Promise<Found> {
    const { account, providerId } = request;
    const known = await this.repository.findInAnyAccount(account, providerId);
    if (known && known.account !== account) {
      throw new DuplicatePayoutError(`this payout link belongs to the account ${known.account} already`);
    }
    if (known) {
      requireGivenValues(request, known);
      return { outcome: 'known', link: known };
    }
    const response = await this.client.getPayout(account, providerId);
    if (response.kind === 'refused' && response.refusal.httpStatus === 404) {
      throw new PayoutLinkNotFoundError('the provider has no payout link with this id in this account');
    }
    if (response.kind !== 'link') throw errorOfResponse(response);
    const { link: seen, raw } = response;
    if (seen.id !== providerId)
      throw new UnexpectedResponseError('the provider’s response is about another payout link');
    const email = isRecord(raw) && isMailbox(raw.email) ? raw.email : request.email;
    requireGivenValues(request, { ...seen, email });
    if (email === undefined) {
      const message = 'the provider’s response has no e-mail address: give it';
      throw new InvalidPayoutLinkError([{ field: 'email', message }]);
    }
    const ours = await this.repository.findByExternalId(account, seen.externalId);
    return ours ? this.settle(ours, seen, request, waits) : { outcome: 'new', seen, raw, email };
  }

  /** A create of ours has the external id of the provider's link. */
  private async settle(
    ours: PayoutLink,
    seen: ProviderLink,
    request: ImportRequest,
    waits: boolean,
  ): Promise<Found> {
    const link = ours.status === 'CREATING' && waits ? await this.creator.settled(ours) : ours;
    if (link.providerId === seen.id) {
      requireGivenValues(request, link);
      return { outcome: 'known', link };
    }
    if (waitsForAdoption(link) || (link.status === 'CREATING' && !waits)) {
      requireSamePayout(link, seen);
      return { outcome: 'adopt', link, seen };
    }
    throw new DuplicatePayoutError(
      `our own payout link ${link.externalId} (${link.status}) has the external id of this one: it is another payout`,
    );
  }
}

/** @throws InvalidPayoutLinkError naming every given value that the link does not have */
function requireGivenValues(
  { externalId, amount, email }: ImportRequest,
  link: { externalId: string; amount: bigint; email?: string },
): void {
  const errors: FieldError[] = [];
  if (externalId !== undefined && externalId !== link.externalId)
    errors.push({ field: 'externalId', message: `the payout link has ${JSON.stringify(link.externalId)}` });
  if (amount !== undefined && amount !== link.amount)
    errors.push({ field: 'amount', message: `the payout link has ${link.amount}` });
  // Both are one mailbox, whatever the case.
  if (email !== undefined && email.toLowerCase() !== link.email?.toLowerCase())
    errors.push({ field: 'email', message: 'the payout link has another e-mail address' });
  if (errors.length > 0) throw new InvalidPayoutLinkError(errors);
}
