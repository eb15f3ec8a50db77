import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { PayoutLink } from 'nestjs-payout-links';
import { PayoutLinkReader, type SentRead } from 'nestjs-payout-links/unstable';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { ReadOutcome } from '../slot/slot-read.entity.js';
import { readSinceOf } from '../slot/read-since.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from '../reconciler.options.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { isAboutTheKey, isUsable, LimitedReader, type ProviderResponse } from './limited-reader.js';
import { InFlight } from './in-flight.js';
import { MarkBatch } from './mark.batch.js';
import type { PollJob } from './poll.queue.js';
import { PollRepository, type Mark } from './poll.repository.js';

/** Polls without a usable response before a link counts as unreachable. */
export const TRIES = 3;

/**
 * A permit that could not be used for so long, because the provider was slow, is given up for another one: used late, many
 * at once, they would exceed the rate. Milliseconds.
 */
const LATE_MS = 250;
/** Share of the concurrency that is recorded together. */
const SHARE_OF_BATCH = 0.75;

/** A poll with its run: what is recorded together may be of several. */
type ReadOfRun = Read & { runId: string };

interface Read extends Mark {
  /** The provider confirmed the link unchanged: only the time of the poll is written. */
  confirmed?: SentRead;
}

/** What the jobs of an account share. */
interface Lane {
  inFlight: InFlight;
  batch: MarkBatch<ReadOfRun>;
}

/**
 * Processes jobs: polls the links of a range, each when its permit comes, and records them in batches. Polls that are in
 * flight or not recorded yet are never more than the concurrency: a process that is killed loses no more.
 */
@Injectable()
export class PollProcessor {
  private readonly ending = new AbortController();
  private readonly lanes = new Map<string, Lane>();
  /** Of the latest job. */
  private run: ReconciliationRun | undefined;

  constructor(
    private readonly slots: SlotRepository,
    private readonly polls: PollRepository,
    private readonly limited: LimitedReader,
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
    const run = await this.runOf(job);
    if (!run) return;
    const links = await this.polls.linksOf(job);
    const readSince = readSinceOf(run);
    const unread = links.filter(({ lastReadAt }) => lastReadAt === null || lastReadAt < readSince);
    // Another worker has polled the others meanwhile, or this run did before it was killed.
    const others = links.filter((link) => !unread.includes(link));
    await this.polls.mark(
      run.id,
      others.map(({ id }) => ({ payoutLinkId: id, outcome: 'READ', reason: null })),
      TRIES,
    );
    if (unread.length === 0) return;
    const permits = await this.limited.reserve(run.account, unread.length);
    const lane = this.laneOf(run.account);
    const settled = await Promise.allSettled(
      unread.map((link, index) => this.readInTurn(run, link, permits[index]!, lane)),
    );
    // The others are recorded by now: the job is retried for the rest.
    for (const read of settled) if (read.status === 'rejected') throw read.reason;
  }

  /** Null for a job of an earlier attempt. What polls need of a run does not change during an attempt. */
  private async runOf({ runId, readingNumber }: PollJob): Promise<ReconciliationRun | null> {
    if (this.run?.id === runId && this.run.readingNumber === readingNumber) return this.run;
    const run = await this.slots.findById(runId);
    if (run?.readingNumber !== readingNumber) return null;
    this.run = run;
    return run;
  }

  /** Reads and records one link, unless the process stops before its permit comes. */
  private async readInTurn(
    run: ReconciliationRun,
    link: PayoutLink,
    waitMs: number,
    { inFlight, batch }: Lane,
  ): Promise<void> {
    const { signal } = this.ending;
    const validAt = performance.now() + waitMs;
    if (waitMs > 0) await wait(waitMs, undefined, { signal }).catch(() => undefined);
    await inFlight.enter();
    try {
      if (performance.now() - validAt > LATE_MS && !signal.aborted) {
        const [again] = await this.limited.reserve(run.account, 1);
        await wait(again, undefined, { signal }).catch(() => undefined);
      }
      const read = signal.aborted ? null : await this.read(run, link);
      if (read) await batch.add({ ...read, runId: run.id });
    } finally {
      inFlight.leave();
    }
  }

  private laneOf(account: string): Lane {
    let lane = this.lanes.get(account);
    if (!lane) {
      const { concurrency } = this.options.limitsOf(account);
      lane = {
        inFlight: new InFlight(concurrency),
        // Some stay in flight during a write.
        batch: new MarkBatch(Math.ceil(concurrency * SHARE_OF_BATCH), (reads) => this.record(reads)),
      };
      this.lanes.set(account, lane);
    }
    return lane;
  }

  private async record(reads: readonly ReadOfRun[]): Promise<void> {
    // In this order: a link that was confirmed and not marked is recognised by the time of its last read.
    await this.reader.confirm(reads.flatMap(({ confirmed }) => confirmed ?? []));
    for (const runId of new Set(reads.map((read) => read.runId))) {
      // A job that came twice may have polled a link twice: one poll with a response is enough.
      const marks = new Map<string, Mark>();
      for (const read of reads.filter((of) => of.runId === runId)) {
        if (!marks.get(read.payoutLinkId)?.outcome) marks.set(read.payoutLinkId, read);
      }
      await this.polls.mark(runId, [...marks.values()], TRIES);
    }
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
