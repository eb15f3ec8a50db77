import type { ReconciliationRun } from './reconciliation-run.entity.js';

/** A link read since then is not polled again in the slot: its end, or the run's start while it has none. */
export function readSinceOf({ provisional, startedAt, slotEnd }: ReconciliationRun): Date {
  return provisional ? startedAt : slotEnd;
}
