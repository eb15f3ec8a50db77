import type { ReconciliationRun } from './reconciliation-run.entity.js';

/** A link that was read since then needs no other read in the slot: its end, or the run's start while it has none. */
export function readSinceOf({ provisional, startedAt, slotEnd }: ReconciliationRun): Date {
  return provisional ? startedAt : slotEnd;
}
