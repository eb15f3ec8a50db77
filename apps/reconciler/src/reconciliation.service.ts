import { Inject, Injectable } from '@nestjs/common';
import { PollRepository } from './poll/poll.repository.js';
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
   * @throws BadDateError, KeyRefusedError
   */
  async run(account: string, { date, progress, signal }: RunRequest): Promise<SlotResult[]> {
    const askedAt = await this.slots.now();
    const { timezone } = this.options.report;
    const due = dueDates(businessDateOf(askedAt, timezone), await this.slots.soFar(account), date);
    if ('problem' in due) throw new BadDateError(due.problem);
    return this.lock.hold(
      account,
      async (waited) => {
        const results = [];
        for (const businessDate of due.dates) {
          signal.throwIfAborted();
          results.push(await this.runSlot(account, businessDate, waited ? askedAt : null, progress, signal));
        }
        return results;
      },
      () => progress.say(`${account}: another run is under way, waiting for it`),
    );
  }

  private async runSlot(
    account: string,
    businessDate: BusinessDate,
    waitedSince: Date | null,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<SlotResult> {
    const found = await this.slots.find(account, businessDate);
    if (found?.status === 'FINISHED' && isResultFor(found, waitedSince)) return found.result!;

    const title = `${account} ${businessDate}`;
    let run = await this.beginOrGoOn(account, businessDate, found);
    if (run.asOf === null) {
      if (!run.listed) await this.polls.list(run, readSinceOf(run));
      const { total, done } = await this.polls.progress(run.id);
      progress.begin(`${title}: reading open links`, total, done);
      try {
        await this.reads.readAll(run, progress, signal);
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
