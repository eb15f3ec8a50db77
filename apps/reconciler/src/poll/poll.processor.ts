import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { PayoutLink } from 'nestjs-payout-links';
import { PayoutLinkReader, type ReadResult, type SentRead } from 'nestjs-payout-links/unstable';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { ReadOutcome } from '../slot/slot-read.entity.js';
import { readSinceOf } from '../slot/read-since.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { RateLimiter } from './rate-limiter.js';
import type { PollJob } from './poll.queue.js';
import { PollRepository, type Mark } from './poll.repository.js';

type ProviderResponse = ReadResult['response'];

/** Polls without a usable response before a link counts as unreachable. */
export const TRIES = 3;
/** Consecutive 429 responses after which a link is left for another round. */
const RATE_LIMITS_IN_A_ROW = 10;
const UNKNOWN_RESET_MS = 5_000;

interface Read extends Mark {
  /** The provider confirmed the link unchanged: only the time of the poll is written. */
  confirmed?: SentRead;
}

/** Processes one job: polls the links of a range, each when its permit comes, and records all of them at once. */
@Injectable()
export class PollProcessor {
  private readonly ending = new AbortController();

  constructor(
    private readonly slots: SlotRepository,
    private readonly polls: PollRepository,
    private readonly limiter: RateLimiter,
    private readonly reader: PayoutLinkReader,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {
    // Every poll in flight listens to it.
    setMaxListeners(0, this.ending.signal);
  }

  /** Shutdown: links without a permit so far are left unread. */
  stop(): void {
    this.ending.abort();
  }

  /** Does nothing for a job of an earlier attempt of its run. */
  async work(job: PollJob): Promise<void> {
    const run = await this.slots.findById(job.runId);
    if (run?.readingNumber !== job.readingNumber || run.asOf !== null || run.keyRefused !== null) return;
    const links = await this.polls.linksOf(run.id, job);
    const readSince = readSinceOf(run);
    const unread = links.filter(({ lastReadAt }) => lastReadAt === null || lastReadAt < readSince);
    const { perMinute } = this.options.limitsOf(run.account);
    const permits =
      unread.length === 0 ? [] : await this.limiter.reserve(run.account, unread.length, perMinute);
    const settled = await Promise.allSettled(
      unread.map((link, index) => this.readInTurn(run, link, permits[index]!, perMinute)),
    );
    const reads = settled.flatMap((read) => (read.status === 'fulfilled' ? read.value : []));
    // Another worker has polled the others meanwhile, or this run did before it was killed.
    const others = links.filter((link) => !unread.includes(link));
    const marks = [
      ...reads,
      ...others.map(({ id }) => ({ payoutLinkId: id, outcome: 'READ' as const, reason: null })),
    ];
    // In this order: a link that was confirmed and not marked is recognised by the time of its last read.
    await this.reader.confirm(reads.flatMap(({ confirmed }) => confirmed ?? []));
    await this.polls.mark(run.id, marks, TRIES);
    // The others are recorded by now: the job is retried for the rest.
    for (const read of settled) if (read.status === 'rejected') throw read.reason;
  }

  /** Undefined when the process stops before its permit comes. */
  private async readInTurn(
    run: ReconciliationRun,
    link: PayoutLink,
    waitMs: number,
    perMinute: number,
  ): Promise<Read[]> {
    try {
      await wait(waitMs, undefined, { signal: this.ending.signal });
    } catch {
      return [];
    }
    const read = await this.read(run, link, perMinute);
    return read === null ? [] : [read];
  }

  /** Null when the process stops before there is a response, or when the key is refused. */
  private async read(run: ReconciliationRun, link: PayoutLink, perMinute: number): Promise<Read | null> {
    const { signal } = this.ending;
    let poll = await this.reader.poll(link, signal);
    for (
      let limited = 1;
      poll.response.kind === 'rate-limited' && limited < RATE_LIMITS_IN_A_ROW;
      limited += 1
    ) {
      await this.limiter.pause(run.account, poll.response.retryAfterMs ?? UNKNOWN_RESET_MS);
      const [permit] = await this.limiter.reserve(run.account, 1, perMinute);
      await wait(permit, undefined, { signal }).catch(() => undefined);
      poll = await this.reader.poll(link, signal);
    }
    const { response, isNews } = poll;
    if (signal.aborted && response.kind !== 'link' && response.kind !== 'refused') return null;
    await this.obey(run.account, response);
    if (!isNews) return { payoutLinkId: link.id, outcome: 'READ', reason: null, confirmed: poll };
    // A provisional slot has no end yet: what is observed counts from the time it is recorded.
    const context = run.provisional ? {} : { slotEnd: run.slotEnd };
    const applied = await this.reader.apply(poll, response, { source: 'POLL', signal, ...context }, 1);
    if (isAboutTheKey(response)) {
      await this.slots.refuseKey(run.id, response.refusal.httpStatus);
      // It says nothing about the link: no attempt.
      return null;
    }
    // A link that changed during its poll is polled again with another permit.
    const stale = applied.outcome === 'stale';
    const outcome = stale ? null : outcomeOf(response);
    const reason = stale ? 'changed meanwhile' : reasonOf(response);
    return { payoutLinkId: link.id, outcome, reason: outcome === null ? reason : null };
  }

  /** Pauses before the provider has to respond with 429. */
  private async obey(account: string, response: ProviderResponse): Promise<void> {
    if (!('rateLimit' in response) || response.rateLimit.remaining !== 0) return;
    await this.limiter.pause(account, response.rateLimit.resetMs ?? UNKNOWN_RESET_MS);
  }
}

type Refused = Extract<ProviderResponse, { kind: 'refused' }>;

function isAboutTheKey(response: ProviderResponse): response is Refused {
  return (
    response.kind === 'refused' &&
    (response.refusal.httpStatus === 401 || response.refusal.httpStatus === 403)
  );
}

/** Null without a usable response: worth another try. */
function outcomeOf(response: ProviderResponse): ReadOutcome | null {
  if (response.kind === 'link') return 'READ';
  return response.kind === 'refused' && response.refusal.httpStatus === 404 ? 'MISSING' : null;
}

/** Why a response is of no use, in the words of the coverage. */
function reasonOf(response: ProviderResponse): string | null {
  switch (response.kind) {
    case 'link':
      return null;
    case 'unreachable':
      return 'connection';
    case 'rate-limited':
      return 'http 429';
    case 'refused':
      return `http ${response.refusal.httpStatus}`;
    case 'inconclusive':
      if (response.timedOut) return 'timeout';
      if (response.refusal.httpStatus === undefined) return 'connection';
      return response.refusal.httpStatus < 300 ? 'unreadable' : `http ${response.refusal.httpStatus}`;
  }
}
