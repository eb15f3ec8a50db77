import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { PayoutLink } from 'nestjs-payout-links';
import { PayoutLinkReader, type ReadResult, type SentRead } from 'nestjs-payout-links/unstable';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { RateLimiter } from './rate-limiter.js';

export type ProviderResponse = ReadResult['response'];

/** A poll that was sent, and its response, which is not applied yet. */
export type SentPoll = SentRead & { response: ProviderResponse; isNews: boolean };

/** Consecutive 429 responses after which a link is left for another round. */
const RATE_LIMITS_IN_A_ROW = 10;
const UNKNOWN_RESET_MS = 5_000;

/** Polls links under the account's rate limit, which all programs share. */
@Injectable()
export class LimitedReader {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly reader: PayoutLinkReader,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /**
   * Reserves the next permits of an account.
   * @returns for each permit the milliseconds until it is valid
   */
  reserve(account: string, permits: number): Promise<number[]> {
    return this.limiter.reserve(account, permits, this.options.limitsOf(account).perMinute);
  }

  /** Polls a link whose permit is valid; after a 429, again when the provider accepts requests. */
  async poll(link: PayoutLink, signal: AbortSignal): Promise<SentPoll> {
    let poll = await this.reader.poll(link, signal);
    for (
      let limited = 1;
      poll.response.kind === 'rate-limited' && limited < RATE_LIMITS_IN_A_ROW;
      limited += 1
    ) {
      await this.limiter.pause(link.account, poll.response.rateLimit.resetMs ?? UNKNOWN_RESET_MS);
      const [permit] = await this.reserve(link.account, 1);
      await wait(permit, undefined, { signal }).catch(() => undefined);
      poll = await this.reader.poll(link, signal);
    }
    await this.obey(link.account, poll.response);
    return poll;
  }

  /** Pauses before the provider has to respond with 429. */
  private async obey(account: string, response: ProviderResponse): Promise<void> {
    if (!('rateLimit' in response) || response.rateLimit.remaining !== 0) return;
    await this.limiter.pause(account, response.rateLimit.resetMs ?? UNKNOWN_RESET_MS);
  }
}

type Refused = Extract<ProviderResponse, { kind: 'refused' }>;

/** Whether the provider refused the account's key: that says nothing about the link. */
export function isAboutTheKey(response: ProviderResponse): response is Refused {
  return (
    response.kind === 'refused' &&
    (response.refusal.httpStatus === 401 || response.refusal.httpStatus === 403)
  );
}

/** Whether a response says something about the link: that it is missing, too. */
export function isUsable(response: ProviderResponse): boolean {
  return response.kind === 'link' || (response.kind === 'refused' && response.refusal.httpStatus === 404);
}
