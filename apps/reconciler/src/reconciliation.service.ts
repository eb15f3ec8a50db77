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
  /** One date, and the missing ones before it; left out, every date that is due. */
  date?: BusinessDate;
  progress: Progress;
  signal: AbortSignal;
  /** Told of each slot as it is done: what follows it may fail. */
  onResult: (result: SlotResult) => void;
  /** Reading stops when so much time is over; what was not read then is named as such. */
  maxMs?: number;
}

/** What a run would do. */
export interface Plan {
  account: string;
  dates: BusinessDate[];
  /** Reads of the provider. */
  calls: number;
  /** What they take at the configured rate. */
  minutes: number;
  /** The first of them, in order. */
  order: PlannedRead[];
}

/** Reads what is open and writes the reports, slot by slot in strict order, one run of an account at a time. */
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

  /**
   * Goes through the due slots of an account. A second run of a slot waits for the first, reads nothing and gives its
   * result; a finished slot only gives its result.
   * @throws BadDateError, KeyRefusedError, RunTakenOverError
   */
  async run(account: string, request: RunRequest): Promise<void> {
    const { progress, signal, onResult } = request;
    const askedAt = await this.slots.now();
    const dates = await this.dueDates(account, askedAt, request.date);
    const until = performance.now() + (request.maxMs ?? Infinity);
    return this.lock.hold(
      account,
      async ({ waited, lost }) => {
        const stop = AbortSignal.any([signal, lost]);
        for (const businessDate of dates) {
          stop.throwIfAborted();
          const waitedSince = waited ? askedAt : null;
          onResult(await this.runSlot(account, businessDate, waitedSince, { progress, signal: stop, until }));
        }
      },
      () => progress.say(`${account}: another run is under way, waiting for it`),
    );
  }

  /** What a run would do now: reads no link, changes nothing. @throws BadDateError */
  async plan(account: string, date: BusinessDate | undefined, shown: number): Promise<Plan> {
    const now = await this.slots.now();
    const dates = await this.dueDates(account, now, date);
    const open = [];
    for (const businessDate of dates) {
      const run = await this.slots.find(account, businessDate);
      if (run?.status !== 'FINISHED' || run.provisional) open.push(businessDate);
    }
    // Whatever the first of them reads, no later one reads again.
    const [first] = open;
    const slotEnd = first === undefined ? now : endOfBusinessDate(first, this.options.report.timezone);
    const { calls, order } =
      first === undefined
        ? { calls: 0, order: [] }
        : await this.polls.plan(account, slotEnd > now ? now : slotEnd, slotEnd, shown);
    const { perMinute } = this.options.limitsOf(account);
    return { account, dates: open, calls, minutes: calls / perMinute, order };
  }

  private async dueDates(account: string, now: Date, requested?: BusinessDate): Promise<BusinessDate[]> {
    const today = businessDateOf(now, this.options.report.timezone);
    const due = dueDates(today, await this.slots.soFar(account), requested);
    if ('problem' in due) throw new BadDateError(due.problem);
    return due.dates;
  }

  private async runSlot(
    account: string,
    businessDate: BusinessDate,
    waitedSince: Date | null,
    { progress, signal, until }: { progress: Progress; signal: AbortSignal; until: number },
  ): Promise<SlotResult> {
    const found = await this.slots.find(account, businessDate);
    if (found?.status === 'FINISHED' && isResultFor(found, waitedSince)) return found.result!;

    const title = `${account} ${businessDate}`;
    let run = await this.slots.takeOver(await this.beginOrGoOn(account, businessDate, found));
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

  /** A run that was killed goes on where it was, unless its date has ended meanwhile. */
  private async beginOrGoOn(
    account: string,
    businessDate: BusinessDate,
    found: ReconciliationRun | null,
  ): Promise<ReconciliationRun> {
    const { report } = this.options;
    const slotEnd = endOfBusinessDate(businessDate, report.timezone);
    const provisional = slotEnd > (await this.slots.now());
    if (found?.status === 'RUNNING' && found.provisional === provisional) return found;
    return this.slots.begin({ account, businessDate, provisional, slotEnd, ...report });
  }
}

/** A sealed slot, or a provisional one that was done while this run waited for its turn. */
function isResultFor(run: ReconciliationRun, waitedSince: Date | null): boolean {
  return (
    !run.provisional || (waitedSince !== null && run.finishedAt !== null && run.finishedAt >= waitedSince)
  );
}
