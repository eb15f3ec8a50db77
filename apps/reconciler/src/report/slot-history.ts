import { OPEN_STATUSES } from 'nestjs-payout-links';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { sqlList } from './sql-list.js';

/** Whether a change is of the slot or an earlier one, and whether it is of an earlier one. */
export const IN_SLOT = 'effective_at < $2 AND recorded_at <= $3';
export const BEFORE = 'effective_at < $4 AND recorded_at <= $5';
/** The same of a write-off. */
export const WRITTEN_OFF_IN_SLOT = 'written_off_at < $2 AND written_off_at <= $3';
export const WRITTEN_OFF_BEFORE = 'written_off_at < $4 AND written_off_at <= $5';

/**
 * A slot from the history alone: `included` is every change of the slot or an earlier one (`before`: of an earlier
 * one), `state` each link's last change among them, `state_before` the last one at the previous slot's end. A
 * slot's changes took effect before its end and were recorded by its as-of. Raw responses are not selected:
 * sorting them would fill the database's disk. Parameters: $1 account, $2 slot end, $3 as-of, $4 and $5 the same
 * of the previous slot.
 */
export const SLOT_HISTORY = `
  included AS (
    SELECT payout_link_id, seq, from_status, to_status, source, provider_status, failure_code, provider_id,
      provider_created_at, expires_at, occurred_at, effective_at, recorded_at,
      ${BEFORE} AS before
    FROM payout_link_transition transition
    WHERE account = $1 AND ${IN_SLOT}),
  state AS (
    SELECT DISTINCT ON (payout_link_id) * FROM included ORDER BY payout_link_id, seq DESC),
  state_before AS (
    SELECT DISTINCT ON (payout_link_id) * FROM included WHERE before ORDER BY payout_link_id, seq DESC)`;

/** A link that was final when it was imported is history: it is no failure, then or later. */
export const NOT_HISTORY = `(link.imported_status IS NULL OR link.imported_status IN (${sqlList(OPEN_STATUSES)}))`;

/** The parameters of `SLOT_HISTORY`. */
export function slotParameters(run: ReconciliationRun, previous: ReconciliationRun | null): unknown[] {
  return [
    run.account,
    run.slotEnd,
    run.asOf,
    previous?.slotEnd ?? '-infinity',
    previous?.asOf ?? '-infinity',
  ];
}
