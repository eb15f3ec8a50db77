import { Injectable } from '@nestjs/common';
import { PayoutLinkReader, type PayoutLink, type ReadResult } from 'nestjs-payout-links';
import type { Progress } from '../progress/progress.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { ReadOutcome } from '../slot/slot-read.entity.js';
import { SlotRepository } from '../slot/slot.repository.js';
import { KeyRefusedError } from './key-refused.error.js';
import { Pacer } from './pacer.js';

/** How hard the provider is asked. */
export interface PollLimits {
  /** Reads of the account in a minute. */
  perMinute: number;
  /** Reads in flight at a time. */
  concurrency: number;
}

/** Reads what a slot has to read, each link once, within the rate. */
@Injectable()
export class PollService {
  constructor(
    private readonly slots: SlotRepository,
    private readonly reader: PayoutLinkReader,
  ) {}

  /**
   * @param readSince a link that somebody else has read since then counts as read
   * @throws KeyRefusedError; whatever the signal was aborted with
   */
  async readAll(
    run: ReconciliationRun,
    readSince: Date,
    limits: PollLimits,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    const links = this.slots.unread(run.id);
    const pacer = new Pacer(limits.perMinute);
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const lane = async () => {
      try {
        for await (const link of links) {
          stop.throwIfAborted();
          const outcome = hasBeenRead(link, readSince)
            ? 'READ'
            : await pacer.turn(stop).then(() => this.read(run, link));
          await this.slots.mark(run.id, link.id, outcome);
          progress.step();
        }
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: limits.concurrency }, lane));
    signal.throwIfAborted();
    if (ends.some(({ status }) => status === 'rejected')) throw failed.signal.reason;
  }

  private async read(run: ReconciliationRun, link: PayoutLink): Promise<ReadOutcome> {
    // A provisional slot has no end yet: what is found counts from the moment it is seen.
    const context = run.provisional ? {} : { slotEnd: run.slotEnd };
    return outcomeOf(run.account, await this.reader.read(link, { source: 'POLL', ...context }));
  }
}

function outcomeOf(account: string, { answer }: ReadResult): ReadOutcome {
  if (answer.kind === 'link') return 'READ';
  if (answer.kind !== 'refused') return 'UNREACHABLE';
  const { httpStatus } = answer.refusal;
  if (httpStatus === 401 || httpStatus === 403) throw new KeyRefusedError(account, httpStatus);
  return httpStatus === 404 ? 'MISSING' : 'UNREACHABLE';
}

function hasBeenRead({ lastReadAt }: PayoutLink, since: Date): boolean {
  return lastReadAt !== null && lastReadAt >= since;
}
