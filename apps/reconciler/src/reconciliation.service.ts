import { existsSync } from 'node:fs';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { PayoutLinksService } from 'nestjs-payout-links';
import type { EntityManager } from 'typeorm';
import { balanceOf } from './balance-of.js';
import { newsOfSlot } from './delivery/content.js';
import { DeliveryService } from './delivery/delivery.service.js';
import { PollRepository, type PlannedRead } from './poll/poll.repository.js';
import { PollService } from './poll/poll.service.js';
import type { Progress } from './progress/progress.js';
import { RECONCILER_OPTIONS, type ReconcilerOptions } from './reconciler.options.js';
import { ReportService, type WrittenReport } from './report/report.service.js';
import { readSinceOf } from './slot/read-since.js';
import { AccountLock } from './slot/account.lock.js';
import { BadDateError } from './slot/bad-date.error.js';
import { businessDateOf, endOfBusinessDate, type BusinessDate } from './slot/business-date.js';
import { dueDates } from './slot/due-dates.js';
import type { ReconciliationRun } from './slot/reconciliation-run.entity.js';
import { sealTimeOf } from './slot/seal-time.js';
import type { SlotResult } from './slot/slot-result.js';
import { SlotRepository } from './slot/slot.repository.js';
import { TimezoneChangedError } from './slot/timezone-changed.error.js';

/** Which dates a run is about. */
export interface DatesRequest {
  /** One date, and the missing ones before it. @default every date that is due */
  date?: BusinessDate;
  /** Accepts that `REPORT_TIMEZONE` is not that of the last slot. @default false */
  timezoneChanged?: boolean;
}

/** What a run is asked for. */
export interface RunRequest extends DatesRequest {
  /** Seals slots although some links have no usable response. @default false, before the time of sealing */
  seal?: boolean;
  /** Keeps a sealed set of another database under another name instead of failing. @default false */
  supersede?: boolean;
  progress: Progress;
  signal: AbortSignal;
  /** Called for each slot: a later one may fail. `done` is false for the result of an earlier run. */
  onResult: (result: SlotResult, done: boolean) => void;
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
  private readonly logger = new Logger('Reconciler');

  constructor(
    private readonly lock: AccountLock,
    private readonly slots: SlotRepository,
    private readonly polls: PollRepository,
    private readonly reads: PollService,
    private readonly reports: ReportService,
    private readonly links: PayoutLinksService,
    private readonly deliveries: DeliveryService,
    @Inject(RECONCILER_OPTIONS) private readonly options: ReconcilerOptions,
  ) {}

  /** Why a date cannot be run; null when it can. */
  async problemOf(account: string, date: BusinessDate): Promise<string | null> {
    try {
      await this.dueDates(account, await this.slots.now(), date);
      return null;
    } catch (error) {
      if (error instanceof BadDateError) return error.message;
      throw error;
    }
  }

  /**
   * @throws BadDateError when this date cannot be run
   * @throws TimezoneChangedError
   */
  async check(account: string, { date, timezoneChanged = false }: DatesRequest): Promise<void> {
    await this.dueDates(account, await this.slots.now(), date);
    const last = await this.slots.findLast(account);
    const { timezone } = this.options.report;
    if (!timezoneChanged && last && (last.nextTimezone ?? last.timezone) !== timezone)
      throw new TimezoneChangedError(last, timezone);
  }

  /**
   * Runs the due slots of an account, up to one that stays open for late reads. A second run of a slot waits for the
   * first, polls nothing and returns its result; so does a run of a sealed slot.
   * @returns the dates that were not started because the time was over
   * @throws BadDateError
   * @throws ForeignReportSetError
   * @throws KeyRefusedError
   * @throws RunTakenOverError
   */
  async run(account: string, request: RunRequest): Promise<BusinessDate[]> {
    const { progress, signal } = request;
    const askedAt = await this.slots.now();
    return this.lock.hold(
      account,
      async ({ waited, lost }) => {
        if (request.timezoneChanged) await this.acceptTimezone(account);
        const stop = AbortSignal.any([signal, lost]);
        return this.runDates(account, { ...request, signal: stop }, waited ? askedAt : null);
      },
      () => progress.say(`${account}: another run is under way, waiting for it`),
      { signal },
    );
  }

  private async runDates(
    account: string,
    request: RunRequest,
    waitedSince: Date | null,
  ): Promise<BusinessDate[]> {
    const { progress, signal, until, onResult, seal = false, supersede = false } = request;
    // Only known under the lock: another run may have finished some.
    const dates = await this.dueDates(account, waitedSince ?? (await this.slots.now()), request.date);
    for (const [index, businessDate] of dates.entries()) {
      signal.throwIfAborted();
      const known = await this.resultOf(account, businessDate, waitedSince, progress);
      if (known === null && performance.now() > until) return dates.slice(index);
      const how = { progress, signal, until, seal, supersede };
      const result = known ?? (await this.runSlot(account, businessDate, how));
      onResult(result, known === null);
      await this.reports.writeIndex(account);
      const waiting = dates.slice(index + 1);
      if (result.provisional && waiting.length > 0) {
        progress.say(`${account}: ${waiting.join(', ')} must wait until ${businessDate} is sealed`);
        return [];
      }
    }
    return [];
  }

  /** The date on which a run fails now: the first one that is over and not sealed; null without one. */
  async firstUnsealed(account: string, requested?: BusinessDate): Promise<BusinessDate | null> {
    const now = await this.slots.now();
    const today = businessDateOf(now, this.options.report.timezone);
    for (const date of await this.dueDates(account, now, requested)) {
      const run = await this.slots.find(account, date);
      const isDone = run?.status === 'FINISHED' && run.sealed;
      if (date < today && !isDone) return date;
    }
    return null;
  }

  /** What a run would do now: polls no link, changes nothing. @throws what `check` throws */
  async plan(account: string, request: DatesRequest, shown: number): Promise<Plan> {
    await this.check(account, request);
    const { date } = request;
    const now = await this.slots.now();
    const dates = await this.dueDates(account, now, date);
    const open = [];
    for (const businessDate of dates) {
      const run = await this.slots.find(account, businessDate);
      if (run?.status !== 'FINISHED' || !run.sealed) open.push(businessDate);
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

  /** The next slots are in `REPORT_TIMEZONE`, whatever the last one was in. */
  private async acceptTimezone(account: string): Promise<void> {
    const last = await this.slots.findLast(account);
    if (last) await this.slots.acceptTimezone(last, this.options.report.timezone);
  }

  private async dueDates(account: string, now: Date, requested?: BusinessDate): Promise<BusinessDate[]> {
    const { timezone } = this.options.report;
    const due = dueDates(businessDateOf(now, timezone), await this.slots.soFar(account, timezone), requested);
    if ('problem' in due) throw new BadDateError(due.problem);
    return due.dates;
  }

  /** The result of a finished slot: sealed, or finished while this run waited. */
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
    { progress, signal, until, seal, supersede }: Required<Omit<RunRequest, keyof DatesRequest | 'onResult'>>,
  ): Promise<SlotResult> {
    const title = `${account} ${businessDate}`;
    const now = await this.slots.now();
    let run = await this.slots.takeOver(await this.beginOrContinue(account, businessDate, now));
    if (!supersede) await this.reports.refuseForeignSet(run);
    if (seal && run.provisional) progress.say(`${title}: not over yet, so it stays provisional`);
    if (run.asOf === null) {
      if (!run.listed) await this.polls.list(run, readSinceOf(run));
      const { total, done } = await this.polls.progress(run.id);
      progress.begin(`${title}: reading open links`, total, done);
      try {
        await this.reads.readAll(run, progress, signal, until);
      } finally {
        progress.end();
      }
      const sealAt = sealTimeOf(businessDate, run.timezone, this.options.sealAt);
      run = await this.slots.close(run, {
        seal: seal || now >= sealAt,
        balance: await balanceOf(this.links, account, (reason) =>
          this.logger.warn(`${account}: the balance is not known: ${reason}`),
        ),
      });
    }
    progress.say(`${title}: writing the reports`);
    await this.reports.keepLastReads(run);
    const written = await this.reports.write(run, { supersede });
    await this.slots.finish(run, written, (manager) => this.storeDelivery(run, written, manager));
    return written.result;
  }

  /** A date that is not over is delivered to no one. */
  private async storeDelivery(
    run: ReconciliationRun,
    { result, digest }: WrittenReport,
    manager: EntityManager,
  ): Promise<void> {
    if (!run.provisional) await this.deliveries.store(newsOfSlot(run, result, digest), manager);
  }

  /** An interrupted run is continued, unless its date has ended meanwhile; an open slot is read on. */
  private async beginOrContinue(
    account: string,
    businessDate: BusinessDate,
    now: Date,
  ): Promise<ReconciliationRun> {
    const { report } = this.options;
    const found = await this.slots.find(account, businessDate);
    const slotEnd = endOfBusinessDate(businessDate, report.timezone);
    const provisional = slotEnd > now;
    if (found && !found.provisional && !found.sealed)
      return found.asOf === null ? found : this.slots.reopen(found);
    if (found?.status === 'RUNNING' && found.provisional === provisional) return found;
    return this.slots.begin({ account, businessDate, provisional, slotEnd, ...report });
  }
}

/** A sealed slot, or one that was finished while this run waited for the lock. */
function isResultFor(run: ReconciliationRun, waitedSince: Date | null): boolean {
  return run.sealed || (waitedSince !== null && run.finishedAt !== null && run.finishedAt >= waitedSince);
}
