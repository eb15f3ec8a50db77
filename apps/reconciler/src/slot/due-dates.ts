import { addDays, type BusinessDate } from './business-date.js';

/** What an account has been reconciled for. */
export interface SlotsSoFar {
  firstFinished: BusinessDate | null;
  lastFinished: BusinessDate | null;
  /** The earliest date with a provisional report that no finished one has replaced. */
  earliestProvisional: BusinessDate | null;
  /** When its oldest payout link was created; only asked for while nothing was finished. */
  firstLink: BusinessDate | null;
}

/** The dates that a run goes through, in order; a finished one among them only gives its result again. */
export type DueDates = { dates: BusinessDate[] } | { problem: string };

/**
 * Slots are finished strictly in order: by default every date after the last finished one up to yesterday, with none
 * finished from the earliest provisional date, else yesterday alone.
 */
export function dueDates(today: BusinessDate, so: SlotsSoFar, requested?: BusinessDate): DueDates {
  if (requested === undefined) {
    const yesterday = addDays(today, -1);
    const first =
      so.lastFinished === null ? (so.earliestProvisional ?? yesterday) : addDays(so.lastFinished, 1);
    if (first <= yesterday) return { dates: range(first, yesterday) };
    return { dates: so.lastFinished === null ? [] : [so.lastFinished] };
  }
  if (requested > today) return { problem: `${requested} has not begun: today is ${today}` };
  if (so.firstFinished !== null && requested < so.firstFinished) {
    return { problem: `${requested} is before ${so.firstFinished}, the first date that was finished` };
  }
  if (so.lastFinished !== null) {
    if (requested <= so.lastFinished) return { dates: [requested] };
    return { dates: range(addDays(so.lastFinished, 1), requested) };
  }
  // The first date that is finished is the earliest for ever, and every night after it follows.
  const earliest = [so.firstLink, addDays(today, -1)].filter((date) => date !== null).toSorted()[0]!;
  if (requested < earliest) {
    return { problem: `${requested} is before ${earliest}, the first date there is anything to tell of` };
  }
  const first = so.earliestProvisional ?? requested;
  return { dates: range(first < requested ? first : requested, requested) };
}

function range(first: BusinessDate, last: BusinessDate): BusinessDate[] {
  const dates = [];
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}
