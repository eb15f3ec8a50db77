import { addDays, type BusinessDate } from './business-date.js';

/** The state of an account's slots. */
export interface SlotsSoFar {
  firstFinished: BusinessDate | null;
  lastFinished: BusinessDate | null;
  /** The earliest date with a provisional report that is not finished yet. */
  earliestProvisional: BusinessDate | null;
  /** When its oldest payout link was created; only needed while nothing is finished. */
  firstLink: BusinessDate | null;
}

/** The dates of a run, in order; a finished one among them only returns its result again. */
export type DueDates = { dates: BusinessDate[] } | { problem: string };

/**
 * Slots are finished strictly in order: by default every date after the last finished one up to yesterday; if none
 * is finished, from the earliest provisional date, else yesterday only.
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
  // The first finished date stays the earliest one for ever, and every later date follows it.
  const earliest = [so.firstLink, addDays(today, -1)].filter((date) => date !== null).toSorted()[0]!;
  if (requested < earliest) {
    return { problem: `${requested} is before ${earliest}, the first date that can be reported` };
  }
  const first = so.earliestProvisional ?? requested;
  return { dates: range(first < requested ? first : requested, requested) };
}

function range(first: BusinessDate, last: BusinessDate): BusinessDate[] {
  const dates = [];
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}
