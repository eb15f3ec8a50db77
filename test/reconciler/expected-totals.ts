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
        const replaced = this.isReplaced(link, slot) ? this.successorOf(link)!.externalId : '';
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
    const failures = this.failureLines(slot);
    failures.failures_opening = slot === 0 ? { count: 0, amount: 0n } : this.unsettled(slot - 1);
    failures.failures_closing = this.unsettled(slot);
    return { ...lines, ...failures };
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

  /** A failure that no one wrote off, and for which no new link was sent. */
  private isUnsettled(link: LinkHistory, slot: number): boolean {
    const state = this.stateOf(link, slot);
    return (
      !isHistory(link) &&
      state !== undefined &&
      STAGES[state.to] !== undefined &&
      !this.isWrittenOff(link, slot) &&
      !this.isReplaced(link, slot)
    );
  }

  private isReplaced(link: LinkHistory, slot: number): boolean {
    const successor = this.successorOf(link);
    return successor !== undefined && this.stateOf(successor, slot) !== undefined;
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
    if (isHistory(link)) return null;
    if (slot > 0 && this.isReplaced(link, slot - 1)) return null;
    const unsettledBefore = slot > 0 && this.isUnsettled(link, slot - 1);
    const failedInSlot = link.changes.some(
      (change, index) =>
        STAGES[change.to] && link.changes[index - 1]?.to !== change.to && this.slotOf(change) === slot,
    );
    if (this.isReplaced(link, slot)) {
      const isFailure = STAGES[this.stateOf(link, slot)!.to] !== undefined;
      return isFailure || unsettledBefore || failedInSlot ? 'REPLACED' : null;
    }
    if (!this.isUnsettled(link, slot)) return unsettledBefore || failedInSlot ? 'SETTLED' : null;
    if (unsettledBefore) return 'STILL_OPEN';
    const failedBefore = this.changesUpTo(link, slot - 1).some(({ to }) => STAGES[to]);
    return failedBefore ? 'REOPENED' : 'NEW';
  }

  /** Failures to settle at the end of a slot. */
  private unsettled(slot: number): { count: number; amount: bigint } {
    const links = this.links.filter((link) => this.isUnsettled(link, slot));
    return { count: links.length, amount: links.reduce((sum, { amount }) => sum + amount, 0n) };
  }

  /**
   * What happened to failures in a slot: every moment at which a link came onto the list or left it. Its changes and
   * those of the slots before are applied in the order in which they were recorded, slot by slot.
   */
  private failureLines(slot: number): ExpectedLines {
    const names = 'failures_new failures_reopened failures_replaced failures_settled failures_written_off';
    const lines: ExpectedLines = Object.fromEntries(
      names.split(' ').map((name) => [name, { count: 0, amount: 0n }]),
    );
    for (const link of this.links.filter((one) => !isHistory(one))) {
      const add = (name: string) => {
        lines[name]!.count += 1;
        lines[name]!.amount += link.amount;
      };
      const successor = this.successorOf(link)?.changes[0];
      const moments = [
        ...link.changes.flatMap((change, index) =>
          change.to === link.changes[index - 1]?.to
            ? []
            : [
                {
                  slot: this.slotOf(change),
                  at: change.recordedAt,
                  rank: 1,
                  to: change.to,
                  version: index + 1,
                },
              ],
        ),
        ...(link.writeOffs ?? []).map(({ after, at }) => ({
          slot: this.firstSlot(at, at),
          at,
          rank: 2,
          to: null,
          version: after,
        })),
        ...(successor
          ? [{ slot: this.slotOf(successor), at: successor.recordedAt, rank: 3, to: null, version: 0 }]
          : []),
      ]
        .filter((moment) => moment.slot <= slot)
        .toSorted(
          (one, other) =>
            Math.min(one.slot, slot) - Math.min(other.slot, slot) ||
            one.at.getTime() - other.at.getTime() ||
            one.rank - other.rank ||
            one.version - other.version,
        );
      const seen: typeof moments = [];
      for (const moment of moments) {
        const [was, is] = [onTheList(seen), onTheList([...seen, moment])];
        const everFailed = seen.some(({ to }) => to && STAGES[to]);
        const failed = seen.findLast(({ to }) => to !== null)?.to;
        const sentAgain = moment.rank === 3 && failed && STAGES[failed];
        seen.push(moment);
        if (moment.slot !== slot) continue;
        if (sentAgain) {
          if (!was) add('failures_reopened');
          add('failures_replaced');
        } else if (!was && is) add(everFailed ? 'failures_reopened' : 'failures_new');
        else if (was && !is) add(moment.rank === 2 ? 'failures_written_off' : 'failures_settled');
      }
    }
    return lines;
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

/** It was final when it was imported. */
function isHistory({ imported = false, changes }: LinkHistory): boolean {
  return imported && !OPEN.includes(changes[0]!.to);
}

/**
 * Every stored intent, and every imported link, is created. Entering a final status counts there, leaving one as reopened. A reversal counts
 * in `reversed` for information; it shares the line of success, so that nothing is left or entered between the
 * two.
 */
function linesOf(from: PayoutLinkStatus | undefined, to: PayoutLinkStatus): string[] {
  if (from === undefined) return ['created', ...(to === 'CREATING' ? [] : linesOf('CREATING', to))];
  if (from === to) return [];
  const lines = to === 'REVERSED' ? ['reversed'] : [];
  const place = (status: PayoutLinkStatus) => (status === 'REVERSED' ? 'SUCCEEDED' : status);
  if (place(from) === place(to)) return lines;
  if (!OPEN.includes(from)) lines.push('reopened');
  if (!OPEN.includes(to)) lines.push(place(to).toLowerCase());
  return lines;
}

/** Whether a link with these moments is a failure to settle. */
function onTheList(
  moments: readonly { rank: number; to: PayoutLinkStatus | null; version: number }[],
): boolean {
  const last = moments.findLast(({ to }) => to !== null);
  return (
    last !== undefined &&
    STAGES[last.to!] !== undefined &&
    !moments.some(({ rank }) => rank === 3) &&
    !moments.some(({ rank, version }) => rank === 2 && version >= last.version)
  );
}

function inOrder<Row extends { external_id: string }>(rows: Row[]): Row[] {
  return rows.toSorted((one, other) => (one.external_id < other.external_id ? -1 : 1));
}
