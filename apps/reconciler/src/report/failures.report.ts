import {
  adviseOnFailure,
  FAILED_STATUSES,
  type FailedStatus,
  type FailureAdvice,
  type PayoutLinkStatus,
} from 'nestjs-payout-links';
import { wholeDays } from '../slot/business-date.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Columns } from './csv.js';
import { LocalTime } from './local-time.js';
import { sqlList } from './sql-list.js';

/** A failure as queried. Amounts are decimal strings. */
export interface FailureRow {
  externalId: string;
  providerId: string | null;
  email: string;
  amount: string;
  currency: string;
  attempt: number;
  /** Status at the slot's end. */
  status: PayoutLinkStatus;
  /** The failed status; the link may have another one by now. */
  failedStatus: FailedStatus;
  failureCode: string | null;
  createdAt: Date;
  failedAt: Date;
  detectedAt: Date;
  detectedBy: string;
  /** Unsettled at the slot's end. */
  failing: boolean;
  /** Unsettled at the previous slot's end. */
  failingBefore: boolean;
  /** Had failed by the previous slot's end, settled or not. */
  failedBefore: boolean;
  /** By an operator, this link or a later one of its chain. */
  writtenOff: boolean;
  /** External id of the link that replaced it. */
  replacedBy: string | null;
}

const IN_SLOT = 'effective_at < $2 AND recorded_at <= $3';
const BEFORE = 'effective_at < $4 AND recorded_at <= $5';
const FAILING = `(${sqlList(FAILED_STATUSES)})`;

/** The last change of a link in the slot that meets the condition, by the index of its history. */
const lastChange = (link: string, condition: string) => `
  SELECT * FROM payout_link_transition
  WHERE payout_link_id = ${link} AND ${IN_SLOT} AND ${condition} ORDER BY seq DESC LIMIT 1`;

const MOVED_SINCE = `
  SELECT 1 FROM payout_link_transition moved
  WHERE moved.payout_link_id = written.payout_link_id AND moved.seq > written.link_version
    AND moved.from_status IS DISTINCT FROM moved.to_status`;

/** The last paid attempt of each chain of replacements. */
const paid = (condition: string) => `
  SELECT link.chain_id, max(link.attempt) AS attempt
  FROM payout_link link, LATERAL (${lastChange('link.id', condition)}) AS state
  WHERE link.account = $1 AND link.reissue_of IS NOT NULL AND state.to_status = 'SUCCEEDED'
  GROUP BY link.chain_id`;

/**
 * Every failure not settled at the slot's end, and those settled in the slot; oldest failure first. Parameters as
 * for `SLOT_HISTORY`. A link's version counts its history: usually the failure is its last change, and then no
 * further lookup is needed.
 */
export const FAILURES_SQL = `
  WITH failed AS (
    SELECT DISTINCT ON (payout_link_id) payout_link_id, seq, to_status, failure_code, provider_id,
      provider_created_at, occurred_at, recorded_at, source, from_status IS DISTINCT FROM to_status AS entered,
      ${BEFORE} AS before, bool_or(${BEFORE}) OVER (PARTITION BY payout_link_id) AS failed_before
    FROM payout_link_transition
    WHERE account = $1 AND ${IN_SLOT} AND to_status IN ${FAILING}
    ORDER BY payout_link_id, seq DESC),
  paid AS (${paid('true')}),
  paid_before AS (${paid(BEFORE)}),
  written AS (
    SELECT link.chain_id, link.attempt, write_off.payout_link_id, write_off.link_version,
      write_off.written_off_at < $4 AND write_off.written_off_at <= $5 AS before
    FROM payout_link_write_off write_off JOIN payout_link link ON link.id = write_off.payout_link_id
    WHERE write_off.account = $1 AND write_off.written_off_at < $2 AND write_off.written_off_at <= $3),
  written_off AS (
    SELECT chain_id, max(attempt) AS attempt FROM written
    WHERE NOT EXISTS (${MOVED_SINCE} AND moved.effective_at < $2 AND moved.recorded_at <= $3)
    GROUP BY chain_id),
  written_off_before AS (
    SELECT chain_id, max(attempt) AS attempt FROM written
    WHERE before AND NOT EXISTS (${MOVED_SINCE} AND moved.effective_at < $4 AND moved.recorded_at <= $5)
    GROUP BY chain_id),
  failure AS (
    SELECT link.id, link.external_id, link.email, link.amount, link.currency, link.attempt,
      coalesce(later.to_status, failed.to_status) AS status, failed.to_status AS failed_status, failed.failure_code,
      CASE WHEN later.id IS NULL THEN failed.provider_id ELSE later.provider_id END AS provider_id, failed.failed_before,
      CASE WHEN entered THEN failed.before ELSE entry.before END AS entered_before,
      CASE WHEN entered THEN failed.source ELSE entry.source END AS source,
      CASE WHEN later.id IS NULL THEN failed.provider_created_at ELSE later.provider_created_at END
        AS provider_created_at,
      CASE WHEN entered THEN least(failed.occurred_at, failed.recorded_at)
        ELSE least(entry.occurred_at, entry.recorded_at) END AS failed_at,
      CASE WHEN entered THEN failed.recorded_at ELSE entry.recorded_at END AS detected_at,
      link.created_at, coalesce(written_off.attempt, 0) >= link.attempt AS written_off,
      coalesce(later.to_status, failed.to_status) IN ${FAILING} AND coalesce(paid.attempt, 0) <= link.attempt
        AND coalesce(written_off.attempt, 0) < link.attempt AS failing,
      CASE WHEN failed.before AND link.version = failed.seq THEN true
        ELSE coalesce(state_before.to_status IN ${FAILING}, false) END
        AND coalesce(paid_before.attempt, 0) <= link.attempt
        AND coalesce(written_off_before.attempt, 0) < link.attempt AS failing_before
    FROM failed
    JOIN payout_link link ON link.id = failed.payout_link_id
    LEFT JOIN LATERAL (
      ${lastChange('link.id', 'link.version > failed.seq AND seq > failed.seq')}) AS later ON true
    LEFT JOIN LATERAL (
      SELECT *, ${BEFORE} AS before FROM (${lastChange(
        'link.id',
        `NOT failed.entered AND to_status IN ${FAILING} AND from_status IS DISTINCT FROM to_status`,
      )}) AS change) AS entry ON true
    LEFT JOIN LATERAL (
      ${lastChange(
        'link.id',
        `failed.failed_before AND NOT (failed.before AND link.version = failed.seq) AND ${BEFORE}`,
      )}) AS state_before ON true
    LEFT JOIN paid ON paid.chain_id = link.chain_id
    LEFT JOIN paid_before ON paid_before.chain_id = link.chain_id
    LEFT JOIN written_off ON written_off.chain_id = link.chain_id
    LEFT JOIN written_off_before ON written_off_before.chain_id = link.chain_id)
  SELECT failure.external_id AS "externalId", failure.provider_id AS "providerId", failure.email,
    failure.amount, failure.currency, failure.attempt, failure.status, failure.failed_status AS "failedStatus",
    failure.failure_code AS "failureCode", coalesce(failure.provider_created_at, failure.created_at) AS "createdAt",
    failure.failed_at AS "failedAt", failure.detected_at AS "detectedAt", failure.source AS "detectedBy",
    failure.failing, failure.written_off AS "writtenOff", failure.failing_before AS "failingBefore",
    failure.failed_before AS "failedBefore", successor.external_id AS "replacedBy"
  FROM failure
  LEFT JOIN payout_link successor ON successor.reissue_of = failure.id
    AND EXISTS (SELECT 1 FROM payout_link_transition WHERE payout_link_id = successor.id AND ${IN_SLOT})
  WHERE failing OR failing_before OR NOT entered_before
  ORDER BY failure.failed_at, failure.external_id COLLATE "C"`;

/** What an accountant has to do, or that nothing is left to do. */
export type Action = Pick<FailureAdvice, 'retry' | 'owner' | 'notBefore' | 'text' | 'meaning'>;

/** How the row changed since the previous slot. */
export function changeOf({ failing, failingBefore, failedBefore }: FailureRow): string {
  if (!failing) return 'SETTLED';
  if (failingBefore) return 'STILL_OPEN';
  return failedBefore ? 'REOPENED' : 'NEW';
}

const STAGES = { REJECTED: 'CREATE', FAILED: 'CLAIM', EXPIRED: 'EXPIRY', REVERSED: 'REVERSAL' } as const;

/** A replaced or settled failure needs no action; for others the failure catalogue decides. */
export function actionOf(row: FailureRow, language: 'en' | 'id'): Action {
  const advice = adviseOnFailure(
    { code: row.failureCode, atCreate: row.failedStatus === 'REJECTED', failedAt: row.failedAt },
    { language },
  );
  const nothing = { ...advice, retry: 'DO_NOT_RETRY', owner: 'NOBODY', notBefore: null } as const;
  if (row.replacedBy !== null) return { ...nothing, text: `replaced: see ${row.replacedBy}` };
  if (row.writtenOff) return { ...nothing, text: 'settled: written off' };
  if (!row.failing) return { ...nothing, text: `settled: the payout link is ${row.status}` };
  return advice;
}

/** The columns of `failures.csv`. */
export function failureColumns(run: ReconciliationRun): Columns<FailureRow> {
  const time = (at: Date | null) => LocalTime.of(at, run.timezone);
  let last: { row: FailureRow; action: Action } | undefined;
  // Several columns of a row use the same advice.
  const action = (row: FailureRow): Action => {
    if (last?.row !== row) last = { row, action: actionOf(row, run.language) };
    return last.action;
  };
  return [
    ['change', changeOf],
    ['external_id', (row) => row.externalId],
    ['provider_id', (row) => row.providerId],
    ['account', () => run.account],
    ['recipient_email', (row) => row.email],
    ['amount', (row) => BigInt(row.amount)],
    ['currency', (row) => row.currency],
    ['status', (row) => row.status],
    ['failure_stage', (row) => STAGES[row.failedStatus]],
    ['failure_code', (row) => row.failureCode],
    ['failure_description', (row) => action(row).meaning],
    ['retry', (row) => action(row).retry],
    ['recommended_action', (row) => action(row).text],
    ['owner', (row) => action(row).owner],
    ['retry_not_before', (row) => time(action(row).notBefore)],
    ['attempt', (row) => row.attempt],
    ['replaced_by', (row) => row.replacedBy],
    ['created_at', (row) => time(row.createdAt)],
    ['failed_at', (row) => time(row.failedAt)],
    ['detected_at', (row) => time(row.detectedAt)],
    ['detected_by', (row) => row.detectedBy],
    ['days_open', (row) => wholeDays(row.createdAt, run.slotEnd, run.timezone)],
    ['timezone', () => run.timezone],
    ['decision', () => null],
    ['note', () => null],
  ];
}
