import { OPEN_STATUSES } from 'nestjs-payout-links';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { sqlList } from './sql-list.js';

/** Of a change, without its raw response. */
const COLUMNS = `payout_link_id, seq, from_status, to_status, source, provider_status, failure_code, provider_id,
  provider_created_at, expires_at, occurred_at, effective_at, recorded_at`;

/** Whether a change is of the slot or an earlier one, and whether it is of an earlier one. */
export const IN_SLOT = 'effective_at < $2 AND recorded_at <= $3';
export const BEFORE = 'effective_at < $4 AND recorded_at <= $5';
/** The same of a write-off. */
export const WRITTEN_OFF_IN_SLOT = 'written_off_at < $2 AND written_off_at <= $3';
export const WRITTEN_OFF_BEFORE = 'written_off_at < $4 AND written_off_at <= $5';

/**
 * The CTE `included`: every change of the slot or an earlier one (`before`: of an earlier one). A slot's changes took
 * effect before its end and were recorded by its as-of. Raw responses are not selected: sorting them would fill the
 * database's disk. Used once in a statement, it is not stored either. Parameters: $1 account, $2 slot end, $3 as-of, $4
 * and $5 the same of the previous slot.
 */
export const INCLUDED = `
  included AS (
    SELECT ${COLUMNS}, ${BEFORE} AS before FROM payout_link_transition
    WHERE account = $1 AND ${IN_SLOT})`;

/** A link that has not changed since the slot: its state then is its state now. */
const UNCHANGED = 'link.updated_at < $2 AND link.updated_at <= $3';

const LAST_CHANGE = `
  SELECT ${COLUMNS} FROM payout_link_transition
  WHERE payout_link_id = link.id AND ${IN_SLOT} ORDER BY seq DESC LIMIT 1`;

/**
 * The CTE `state`: of each link with one of these statuses at the slot's end, its last change by then. The history is
 * read of links that have such a status now, or have changed since; reading and sorting the history of all would take
 * longer every day. Parameters as for `atSlotEnd`.
 * @param statuses as a list for SQL
 */
export const stateIn = (statuses: string) => `
  state AS (
    SELECT last.* FROM payout_link link, LATERAL (${LAST_CHANGE}) AS last
    WHERE link.account = $1 AND (link.status IN (${statuses}) OR NOT (${UNCHANGED}))
      AND last.to_status IN (${statuses}))`;

/** Status, currency and amount of every link at the slot's end. Parameters as for `atSlotEnd`. */
export const STATUS_OF_ALL = `
  SELECT link.status, link.currency, link.amount FROM payout_link link WHERE link.account = $1 AND ${UNCHANGED}
  UNION ALL
  SELECT last.to_status, link.currency, link.amount FROM payout_link link, LATERAL (${LAST_CHANGE}) AS last
  WHERE link.account = $1 AND NOT (${UNCHANGED})`;

/** A link that was final when it was imported is history: it is no failure, then or later. */
export const NOT_HISTORY = `(link.imported_status IS NULL OR link.imported_status IN (${sqlList(OPEN_STATUSES)}))`;

/** The parameters of `INCLUDED`. */
export function slotParameters(run: ReconciliationRun, previous: ReconciliationRun | null): unknown[] {
  return [...atSlotEnd(run), previous?.slotEnd ?? '-infinity', previous?.asOf ?? '-infinity'];
}

/** $1 account, $2 slot end, $3 as-of: for what is asked about the slot's end alone. */
export function atSlotEnd({ account, slotEnd, asOf }: ReconciliationRun): unknown[] {
  return [account, slotEnd, asOf];
}
