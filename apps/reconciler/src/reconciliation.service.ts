import { existsSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { PollRepository, type PlannedRead } from './poll/poll.repository.js';
import { PollService } from './poll/poll.service.js';
import type { Progress } from './progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from './reconciler.options.js';
import { ReportService } from './report/report.service.js';
import { readSinceOf } from './slot/read-since.js';
import { AccountLock } from './slot/account.lock.js';
import { BadDateError } from './slot/bad-date.error.js';
import { businessDateOf, endOfBusinessDate, type BusinessDate } from './slot/business-date.js';
import { dueDates } from './slot/due-dates.js';
import type { ReconciliationRun } from './slot/reconciliation-run.entity.js';
import type { SlotResult } from './slot/slot-result.js';
import { SlotRepository } from './slot/slot.repository.js';

/** What a run is asked for. */
export interface RunRequest {
  /** One date, and the missing ones before it. @default every date that is due */
  date?: BusinessDate;
  progress: Progress;
  signal: AbortSignal;
  /** Called for each finished slot: a later one may fail. */
  onResult: (result: SlotResult) => void;
  /**
   * At this time of `performance.now()` polling stops and no further slot starts; links not polled by then are
   * reported as such.
   */
  until: number;
}

/** What a run would do. */
export interface Plan {
  account: string;
  dates: BusinessDate[];
  /** Polls of the provider. */
  calls: number;
  /** How long they take at the configured rate. */
  minutes: number;
  /** The first of them, in order. */
  order: PlannedRead[];
}

/** Polls what is open and writes the reports, slot by slot in strict order, one run per account at a time. */
@Injectable()
export class ReconciliationService {
  constructor(
    private readonly lock: AccountLock,
    private readonly slots: SlotRepository,
    private readonly polls: PollRepository,
    private readonly reads: PollService,
    private readonly reports: ReportService,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** @throws BadDateError when this date cannot be run */
  async check(account: string, date: BusinessDate | undefined): Promise<void> {
    await this.dueDates(account, await this.slots.now(), date);
  }

  /**
   * Runs the due slots of an account. A second run of a slot waits for the first, polls nothing and returns its
   * result; so does a run of a finished slot.
   * @returns the dates that were not started because the time was over
   * @throws BadDateError
   * @throws KeyRefusedError
   * @throws RunTakenOverError
   */
  async run(account: string, request: RunRequest): Promise<BusinessDate[]> {
    const { progress, signal, until, onResult } = request;
    const askedAt = await this.slots.now();
    return this.lock.hold(
      account,
      async ({ waited, lost }) => {
        const stop = AbortSignal.any([signal, lost]);
        const waitedSince = waited ? askedAt : null;
        // Only known under the lock: another run may have finished some.
        const dates = await this.dueDates(account, askedAt, request.date);
        for (const [index, businessDate] of dates.entries()) {
          stop.throwIfAborted();
          const done = await this.resultOf(account, businessDate, waitedSince, progress);
          if (done === null && performance.now() > until) return dates.slice(index);
          onResult(done ?? (await this.runSlot(account, businessDate, { progress, signal: stop, until })));
        }
        return [];
      },
      () => progress.say(`${account}: another run is under way, waiting for it`),
    );
  }

  /** What a run would do now: polls no link, changes nothing. @throws BadDateError */
  async plan(account: string, date: BusinessDate | undefined, shown: number): Promise<Plan> {
    const now = await this.slots.now();
    const dates = await this.dueDates(account, now, date);
    const open = [];
    for (const businessDate of dates) {
      const run = await this.slots.find(account, businessDate);
      if (run?.status !== 'FINISHED' || run.provisional) open.push(businessDate);
    }
    // A link polled now is not polled again for a later slot, so the last slot's end covers all.
    const last = open.at(-1);
    const slotEnd = last === undefined ? now : endOfBusinessDate(last, this.options.report.timezone);
    const { calls, order } =
      last === undefined
        ? { calls: 0, order: [] }
        : await this.polls.plan(account, slotEnd > now ? now : slotEnd, slotEnd, shown);
    const { perMinute } = this.options.limitsOf(account);
    return { account, dates: open, calls, minutes: calls / perMinute, order };
  }

  private async dueDates(account: string, now: Date, requested?: BusinessDate): Promise<BusinessDate[]> {
    const { timezone } = this.options.report;
    const due = dueDates(businessDateOf(now, timezone), await this.slots.soFar(account, timezone), requested);
    if ('problem' in due) throw new BadDateError(due.problem);
    return due.dates;
  }

  /** The result of a finished slot: sealed, or provisional and finished while this run waited. */
  private async resultOf(
    account: string,
    businessDate: BusinessDate,
    waitedSince: Date | null,
    progress: Progress,
  ): Promise<SlotResult | null> {
    const run = await this.slots.find(account, businessDate);
    if (run?.status !== 'FINISHED' || !isResultFor(run, waitedSince)) return null;
    const result = run.result!;
    if (!existsSync(result.reportSet)) {
      progress.say(
        `${account} ${businessDate}: its report set is no longer at ${result.reportSet}; ` +
          `\`report --date ${businessDate}\` writes it again`,
      );
    }
    return result;
  }

  private async runSlot(
    account: string,
    businessDate: BusinessDate,
    { progress, signal, until }: { progress: Progress; signal: AbortSignal; until: number },
  ): Promise<SlotResult> {
    const title = `${account} ${businessDate}`;
    let run = await this.slots.takeOver(await this.beginOrContinue(account, businessDate));
    if (run.asOf === null) {
      if (!run.listed) await this.polls.list(run, readSinceOf(run));
      const { total, done } = await this.polls.progress(run.id);
      progress.begin(`${title}: reading open links`, total, done);
      try {
        await this.reads.readAll(run, progress, signal, until);
      } finally {
        progress.end();
      }
      run = await this.slots.close(run);
    }
    progress.say(`${title}: writing the reports`);
    await this.reports.keepLastReads(run);
    const written = await this.reports.write(run);
    await this.slots.finish(run, written);
    return written.result;
  }

  /** An interrupted run is continued, unless its date has ended meanwhile. */
  private async beginOrContinue(account: string, businessDate: BusinessDate): Promise<ReconciliationRun> {
    const { report } = this.options;
    const found = await this.slots.find(account, businessDate);
    const slotEnd = endOfBusinessDate(businessDate, report.timezone);
    const provisional = slotEnd > (await this.slots.now());
    if (found?.status === 'RUNNING' && found.provisional === provisional) return found;
    return this.slots.begin({ account, businessDate, provisional, slotEnd, ...report });
  }
}

/** A sealed slot, or a provisional one that was finished while this run waited for the lock. */
function isResultFor(run: ReconciliationRun, waitedSince: Date | null): boolean {
  return (
    !run.provisional || (waitedSince !== null && run.finishedAt !== null && run.finishedAt >= waitedSince)
  );
}
