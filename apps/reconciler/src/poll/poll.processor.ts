import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { PayoutLink } from 'nestjs-payout-links';
import { PayoutLinkReader, type SentRead } from 'nestjs-payout-links/unstable';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { ReadOutcome } from '../slot/slot-read.entity.js';
import { readSinceOf } from '../slot/read-since.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { isAboutTheKey, isUsable, LimitedReader, type ProviderResponse } from './limited-reader.js';
import type { PollJob } from './poll.queue.js';
import { PollRepository, type Mark } from './poll.repository.js';

/** Polls without a usable response before a link counts as unreachable. */
export const TRIES = 3;

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
    private readonly limited: LimitedReader,
    private readonly reader: PayoutLinkReader,
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
    const permits = unread.length === 0 ? [] : await this.limited.reserve(run.account, unread.length);
    const settled = await Promise.allSettled(
      unread.map((link, index) => this.readInTurn(run, link, permits[index]!)),
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
  private async readInTurn(run: ReconciliationRun, link: PayoutLink, waitMs: number): Promise<Read[]> {
    try {
      await wait(waitMs, undefined, { signal: this.ending.signal });
    } catch {
      return [];
    }
    const read = await this.read(run, link);
    return read === null ? [] : [read];
  }

  /** Null when the process stops before there is a response, or when the key is refused. */
  private async read(run: ReconciliationRun, link: PayoutLink): Promise<Read | null> {
    const { signal } = this.ending;
    const poll = await this.limited.poll(link, signal);
    const { response, isNews } = poll;
    if (signal.aborted && response.kind !== 'link' && response.kind !== 'refused') return null;
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
}

/** Null without a usable response: worth another try. */
function outcomeOf(response: ProviderResponse): ReadOutcome | null {
  if (!isUsable(response)) return null;
  return response.kind === 'link' ? 'READ' : 'MISSING';
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
