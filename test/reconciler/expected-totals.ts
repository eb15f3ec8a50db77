import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { effectiveTimes, type Change, type LinkHistory } from './histories.js';

/** The slot of a change depends on these two only. */
export interface SlotTimes {
  end: Date;
  asOf: Date;
}

export interface ExpectedFailure {
  change: string;
  external_id: string;
  status: string;
  failure_stage: string;
  failure_code: string;
  attempt: string;
  replaced_by: string;
}

export interface ExpectedOpenLink {
  external_id: string;
  status: string;
  amount: string;
}

/** Count and amount of every line. */
export type ExpectedLines = Record<string, { count: number; amount: bigint }>;

const OPEN: readonly string[] = ['CREATING', 'UNCONFIRMED', 'PENDING', 'REQUESTED', 'UNKNOWN'];
const STAGES: Partial<Record<PayoutLinkStatus, string>> = {
  REJECTED: 'CREATE',
  FAILED: 'CLAIM',
  EXPIRED: 'EXPIRY',
  REVERSED: 'REVERSAL',
};

/**
 * The expected reports of an account, computed link by link and change by change from the specification,
 * independently of the program.
 */
export class ExpectedReports {
  private readonly effective = new Map<Change, Date>();

  /** @param slots in order; only the last one may be provisional */
  constructor(
    private readonly links: readonly LinkHistory[],
    private readonly slots: readonly SlotTimes[],
  ) {
    for (const { changes } of links) {
      for (const [index, at] of effectiveTimes(changes).entries()) this.effective.set(changes[index]!, at);
    }
  }

  /** Rows of `open-links.csv` at the end of a slot, by external id. */
  openLinks(slot: number): ExpectedOpenLink[] {
    return inOrder(
      this.links.flatMap((link) => {
        const state = this.stateOf(link, slot);
        if (!state || !OPEN.includes(state.to)) return [];
        return [{ external_id: link.externalId, status: state.to, amount: link.amount.toString() }];
      }),
    );
  }

  /** Rows of `failures.csv` of a slot, by external id. */
  failures(slot: number): ExpectedFailure[] {
    return inOrder(
      this.links.flatMap((link) => {
        const failures = this.changesUpTo(link, slot).filter(({ to }) => STAGES[to]);
        const last = failures.at(-1);
        const change = this.changeOf(link, slot);
        if (!last || change === null) return [];
        const successor = this.successorOf(link);
        const replaced = successor && this.stateOf(successor, slot) ? successor.externalId : '';
        return [
          {
            change,
            external_id: link.externalId,
            status: this.stateOf(link, slot)!.to,
            failure_stage: STAGES[last.to]!,
            failure_code: last.failureCode ?? '',
            attempt: String(this.attemptOf(link)),
            replaced_by: replaced,
          },
        ];
      }),
    );
  }

  /** The lines of `roll-forward.csv` of one slot. */
  lines(slot: number): ExpectedLines {
    const lines = this.movements((change) => this.slotOf(change) === slot);
    lines.opening = slot === 0 ? { count: 0, amount: 0n } : this.totalOpen(slot - 1);
    lines.closing = this.totalOpen(slot);
    return lines;
  }

  /** The lines of all slots together, computed without slots: only what the last one can contain. */
  totals(): ExpectedLines {
    const last = this.slots.at(-1)!;
    return this.movements(
      (change) => this.effective.get(change)! < last.end && change.recordedAt <= last.asOf,
    );
  }

  /** The first slot whose end is after it took effect and whose as-of is not before it was recorded. */
  private slotOf(change: Change): number {
    return this.firstSlot(this.effective.get(change)!, change.recordedAt);
  }

  private firstSlot(tookEffectAt: Date, recordedAt: Date): number {
    const found = this.slots.findIndex(({ end, asOf }) => end > tookEffectAt && asOf >= recordedAt);
    return found === -1 ? Infinity : found;
  }

  private changesUpTo({ changes }: LinkHistory, slot: number): Change[] {
    return changes.filter((change) => this.slotOf(change) <= slot);
  }

  private stateOf(link: LinkHistory, slot: number): Change | undefined {
    return this.changesUpTo(link, slot).at(-1);
  }

  /**
   * Settled: a later link of its chain has succeeded, it is no longer a failure itself, or an operator wrote off
   * it or the last link of its chain at the time.
   */
  private isUnsettled(link: LinkHistory, slot: number): boolean {
    const state = this.stateOf(link, slot);
    if (!state || !STAGES[state.to] || this.isWrittenOff(link, slot)) return false;
    for (let later = this.successorOf(link); later; later = this.successorOf(later)) {
      if (this.stateOf(later, slot)?.to === 'SUCCEEDED' || this.isWrittenOff(later, slot)) return false;
    }
    return true;
  }

  /** A write-off applies to the link's failure at that time: once the link has changed, it no longer applies. */
  private isWrittenOff({ changes, writeOffs = [] }: LinkHistory, slot: number): boolean {
    return writeOffs.some(({ after, at }) => {
      const { to } = changes[after - 1]!;
      const since = changes.slice(after).filter((change) => this.slotOf(change) <= slot);
      return this.firstSlot(at, at) <= slot && since.every((change) => change.to === to);
    });
  }

  private changeOf(link: LinkHistory, slot: number): string | null {
    const unsettledBefore = slot > 0 && this.isUnsettled(link, slot - 1);
    if (!this.isUnsettled(link, slot)) {
      const failedInSlot = link.changes.some(
        (change, index) =>
          STAGES[change.to] && link.changes[index - 1]?.to !== change.to && this.slotOf(change) === slot,
      );
      return unsettledBefore || failedInSlot ? 'SETTLED' : null;
    }
    if (unsettledBefore) return 'STILL_OPEN';
    const failedBefore = this.changesUpTo(link, slot - 1).some(({ to }) => STAGES[to]);
    return failedBefore ? 'REOPENED' : 'NEW';
  }

  private successorOf({ externalId }: LinkHistory): LinkHistory | undefined {
    return this.links.find(({ replaces }) => replaces === externalId);
  }

  private attemptOf({ replaces }: LinkHistory): number {
    const replaced = this.links.find(({ externalId }) => externalId === replaces);
    return replaced ? this.attemptOf(replaced) + 1 : 1;
  }

  private totalOpen(slot: number): { count: number; amount: bigint } {
    const open = this.openLinks(slot);
    return { count: open.length, amount: open.reduce((sum, { amount }) => sum + BigInt(amount), 0n) };
  }

  private movements(isCounted: (change: Change) => boolean): ExpectedLines {
    const lines: ExpectedLines = {};
    for (const name of 'created succeeded failed expired voided rejected reopened reversed'.split(' '))
      lines[name] = { count: 0, amount: 0n };
    for (const { amount, changes } of this.links) {
      for (const [index, change] of changes.entries()) {
        if (!isCounted(change)) continue;
        for (const name of linesOf(changes[index - 1]?.to, change.to)) {
          lines[name]!.count += 1;
          lines[name]!.amount += amount;
        }
      }
    }
    return lines;
  }
}

/**
 * Every stored intent is created. Entering a final status counts there, leaving one as reopened. A reversal counts
 * in `reversed` for information; it shares the line of success, so that nothing is left or entered between the
 * two.
 */
function linesOf(from: PayoutLinkStatus | undefined, to: PayoutLinkStatus): string[] {
  if (from === undefined) return ['created'];
  if (from === to) return [];
  const lines = to === 'REVERSED' ? ['reversed'] : [];
  const place = (status: PayoutLinkStatus) => (status === 'REVERSED' ? 'SUCCEEDED' : status);
  if (place(from) === place(to)) return lines;
  if (!OPEN.includes(from)) lines.push('reopened');
  if (!OPEN.includes(to)) lines.push(place(to).toLowerCase());
  return lines;
}

function inOrder<Row extends { external_id: string }>(rows: Row[]): Row[] {
  return rows.toSorted((one, other) => (one.external_id < other.external_id ? -1 : 1));
}
