import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { BackgroundPool } from '../background.pool.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { pollAfterUnchanged, nextPoll } from '../rules/next-poll.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkReader } from './payout-link.reader.js';
import { PayoutLinkRepository } from './payout-link.repository.js';

const AT_A_TIME = 4;
const IDLE_MS = 5_000;
const POLL_LEASE_SECONDS = 300;

/**
 * Polls links between nightly runs by the host's schedule (`pollSchedule`, off by default). Several instances may
 * run it.
 */
@Injectable()
export class PayoutLinkPoller {
  private readonly pool: BackgroundPool<PayoutLink> | undefined;
  private readonly ending = new AbortController();
  private nextTurn = 0;

  constructor(
    private readonly repository: PayoutLinkRepository,
    private readonly reader: PayoutLinkReader,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    if (!options.pollSchedule) return;
    this.pool = new BackgroundPool('polls by schedule', {
      idleMs: IDLE_MS,
      limit: AT_A_TIME,
      take: (limit) =>
        this.repository.takeDueForPoll([...options.accounts.keys()], limit, POLL_LEASE_SECONDS),
      work: (link) => this.check(link),
    });
  }

  start(): void {
    this.pool?.start();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.pool?.stop();
  }

  /** A change makes a link due at once, and its next poll is computed here, where the schedule is known. */
  private async check(link: PayoutLink): Promise<void> {
    const { states } = this.options.pollSchedule!;
    const at = nextPoll(states, link);
    if (at === null || link.providerId === null) return this.repository.planPoll(link, null, link.polls);
    if (at > (await this.repository.now())) return this.repository.planPoll(link, at, link.polls);

    const { signal } = this.ending;
    await this.turn(signal);
    const { link: read } = await this.reader.read(link, { source: 'POLL', signal });
    // A poll that shutdown aborted is repeated when its lease expires.
    if (signal.aborted) return;
    // A change made the link due again; only an unchanged one counts as polled.
    if (read.version !== link.version) return;
    const { next, polls } = pollAfterUnchanged(states, read, await this.repository.now());
    await this.repository.planPoll(read, next, polls);
  }

  /** Spreads polls evenly, so that most of the provider's rate limit stays free for everything else. */
  private async turn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.nextTurn);
    this.nextTurn = at + 60_000 / this.options.pollSchedule!.perMinute;
    await wait(at - now, undefined, { signal }).catch(() => undefined);
  }
}
