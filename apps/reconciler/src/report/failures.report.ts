import {
  adviseOnFailure,
  FAILED_STATUSES,
  type FailedStatus,
  type FailureAdvice,
  type PayoutLinkStatus,
} from 'nestjs-payout-links';
import { formatTime, wholeDays } from '../slot/business-date.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Columns } from './csv.js';
import { LocalTime } from './local-time.js';
import { BEFORE, IN_SLOT, NOT_HISTORY, WRITTEN_OFF_BEFORE, WRITTEN_OFF_IN_SLOT } from './slot-history.js';
import { sqlList } from './sql-list.js';

/** How a failure changed since the previous slot's end, in the order of the rows. */
const CHANGES = ['NEW', 'REOPENED', 'STILL_OPEN', 'REPLACED', 'SETTLED'] as const;
export type FailureChange = (typeof CHANGES)[number];

/** Rows with these changes are no longer to be settled. */
export const DONE_CHANGES: readonly FailureChange[] = ['REPLACED', 'SETTLED'];

/** A failure as queried. Amounts are decimal strings. */
export interface FailureRow {
  change: FailureChange;
  externalId: string;
  providerId: string | null;
  email: string;
  redactedAt: Date | null;
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
  /** Unsettled at the previous slot's end. */
  failingBefore: boolean;
  writtenOff: boolean;
  /** External id of the link that replaced it. */
  replacedBy: string | null;
  /** The automatic reissue that was planned for it at the slot's as-of. */
  retriedAfter: Date | null;
  retryAttempt: number | null;
  retriesAtMost: number | null;
  /** It is the last link that was sent automatically for its chain. */
  retriesUsedUp: boolean;
  /** The last decision by the slot's end that was carried out, else the last one that was refused. */
  lastDecision: string | null;
  lastNote: string | null;
  lastDecidedAt: Date | null;
}

/** The failed statuses as a list for SQL. */
export const FAILING = `(${sqlList(FAILED_STATUSES)})`;

/** The last change of a link in the slot that meets the condition, by the index of its history. */
const lastChange = (link: string, condition: string) => `
  SELECT * FROM payout_link_transition
  WHERE payout_link_id = ${link} AND ${IN_SLOT} AND ${condition} ORDER BY seq DESC LIMIT 1`;

/** Links whose failure is written off: their status has not changed since. */
const writtenOff = (condition: string, changes: string) => `
  SELECT DISTINCT payout_link_id FROM payout_link_write_off written
  WHERE account = $1 AND ${condition} AND NOT EXISTS (
    SELECT 1 FROM payout_link_transition
    WHERE payout_link_id = written.payout_link_id AND seq > written.link_version
      AND from_status IS DISTINCT FROM to_status AND ${changes})`;

/**
 * Every failure not settled at the slot's end, and those settled or replaced in the slot; not those replaced in an
 * earlier one, for which a later link of their chain stands. Parameters as for `INCLUDED`. A link's version
 * counts its history: usually the failure is its last change, and then no further lookup is needed.
 */
export const FAILURES_SQL = `
  WITH failed AS (
    SELECT DISTINCT ON (payout_link_id) payout_link_id, seq, to_status, failure_code, provider_id,
      provider_created_at, occurred_at, recorded_at, source, from_status IS DISTINCT FROM to_status AS entered,
      ${BEFORE} AS before, bool_or(${BEFORE}) OVER (PARTITION BY payout_link_id) AS failed_before
    FROM payout_link_transition
    WHERE account = $1 AND ${IN_SLOT} AND to_status IN ${FAILING}
    ORDER BY payout_link_id, seq DESC),
  written_off AS (${writtenOff(WRITTEN_OFF_IN_SLOT, IN_SLOT)}),
  written_off_before AS (${writtenOff(WRITTEN_OFF_BEFORE, BEFORE)}),
  planned AS (
    SELECT payout_link_id, seq, attempt, max_attempts, due_at FROM payout_link_reissue_plan
    WHERE account = $1 AND planned_at <= $3 AND (ended_at IS NULL OR ended_at > $3)),
  used_up AS (
    SELECT payout_link_id FROM payout_link_reissue_plan
    WHERE account = $1 AND attempt = max_attempts AND outcome = 'SENT' AND ended_at <= $3),
  failure AS (
    SELECT link.id, link.external_id, link.email, link.redacted_at, link.amount, link.currency, link.attempt,
      coalesce(later.to_status, failed.to_status) AS status, failed.to_status AS failed_status, failed.failure_code,
      CASE WHEN later.id IS NULL THEN failed.provider_id ELSE later.provider_id END AS provider_id, failed.failed_before,
      CASE WHEN entered THEN failed.before ELSE entry.before END AS entered_before,
      CASE WHEN entered THEN failed.source ELSE entry.source END AS source,
      CASE WHEN later.id IS NULL THEN failed.provider_created_at ELSE later.provider_created_at END
        AS provider_created_at,
      CASE WHEN entered THEN least(failed.occurred_at, failed.recorded_at)
        ELSE least(entry.occurred_at, entry.recorded_at) END AS failed_at,
      CASE WHEN entered THEN failed.recorded_at ELSE entry.recorded_at END AS detected_at,
      planned.due_at AS retried_after, planned.attempt AS retry_attempt, planned.max_attempts AS retries_at_most,
      used_up.payout_link_id IS NOT NULL AS retries_used_up,
      link.created_at, successor.external_id AS replaced_by, written_off.payout_link_id IS NOT NULL AS written_off,
      coalesce(later.to_status, failed.to_status) IN ${FAILING} AS is_failure,
      CASE WHEN failed.before AND link.version = failed.seq THEN true
        ELSE coalesce(state_before.to_status IN ${FAILING}, false) END
        AND written_off_before.payout_link_id IS NULL AS failing_before
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
    LEFT JOIN LATERAL (
      SELECT replacing.external_id, ${BEFORE} AS before
      FROM payout_link replacing JOIN payout_link_transition created ON created.payout_link_id = replacing.id
      WHERE replacing.reissue_of = link.id AND created.seq = 1 AND ${IN_SLOT}) AS successor ON true
    LEFT JOIN planned ON planned.payout_link_id = failed.payout_link_id AND planned.seq = failed.seq
    LEFT JOIN used_up ON used_up.payout_link_id = link.reissue_of
    LEFT JOIN written_off ON written_off.payout_link_id = link.id
    LEFT JOIN written_off_before ON written_off_before.payout_link_id = link.id
    WHERE successor.before IS NOT TRUE AND ${NOT_HISTORY}),
  changed AS (
    SELECT *, CASE
      WHEN replaced_by IS NOT NULL THEN 'REPLACED'
      WHEN NOT is_failure OR written_off THEN 'SETTLED'
      WHEN failing_before THEN 'STILL_OPEN'
      WHEN failed_before THEN 'REOPENED' ELSE 'NEW' END AS change
    FROM failure)
  SELECT change, external_id AS "externalId", provider_id AS "providerId", email, redacted_at AS "redactedAt", amount, currency, attempt, status,
    failed_status AS "failedStatus", failure_code AS "failureCode",
    coalesce(provider_created_at, created_at) AS "createdAt", failed_at AS "failedAt", detected_at AS "detectedAt",
    source AS "detectedBy", failing_before AS "failingBefore", written_off AS "writtenOff", replaced_by AS "replacedBy",
    retried_after AS "retriedAfter", retry_attempt AS "retryAttempt", retries_at_most AS "retriesAtMost",
    retries_used_up AS "retriesUsedUp", decision.word AS "lastDecision", decision.note AS "lastNote", decision.decided_at AS "lastDecidedAt"
  FROM changed
  LEFT JOIN LATERAL (
    SELECT word, note, decided_at FROM payout_link_decision
    WHERE payout_link_id = changed.id AND decided_at < $2 AND decided_at <= $3
    ORDER BY refused, decided_at DESC, payout_link_decision.id DESC LIMIT 1) AS decision ON true
  WHERE change <> 'SETTLED' AND (change <> 'REPLACED' OR is_failure) OR failing_before OR NOT entered_before
  ORDER BY array_position(ARRAY[${sqlList(CHANGES)}], change), failed_at, external_id COLLATE "C"`;

/** What an accountant has to do, or that nothing is left to do. */
export type Action = Pick<FailureAdvice, 'retry' | 'owner' | 'notBefore' | 'text' | 'meaning'> & {
  /** The same for all failures of one kind, where `text` is about one. */
  generalText?: string;
};

const STAGES = { REJECTED: 'CREATE', FAILED: 'CLAIM', EXPIRED: 'EXPIRY', REVERSED: 'REVERSAL' } as const;

const WORDS = {
  en: {
    replaced: (externalId: string) => `replaced: see ${externalId}`,
    writtenOff: 'settled: written off',
    settled: (status: string) => `settled: the payout link is ${status}`,
    retried: 'retried automatically',
    retriedAfter: (time: string, attempt: number, atMost: number) =>
      `retried automatically after ${time} (attempt ${attempt} of ${atMost})`,
    usedUp: 'automatic retries are used up: ',
  },
  id: {
    replaced: (externalId: string) => `diganti: lihat ${externalId}`,
    writtenOff: 'selesai: dihapusbukukan',
    settled: (status: string) => `selesai: status tautan ${status}`,
    retried: 'dikirim ulang otomatis',
    retriedAfter: (time: string, attempt: number, atMost: number) =>
      `dikirim ulang otomatis setelah ${time} (percobaan ${attempt} dari ${atMost})`,
    usedUp: 'percobaan otomatis sudah habis: ',
  },
} as const;

/**
 * A replaced or settled failure needs no action, and neither does one that is sent again automatically; for others the
 * failure catalogue decides.
 */
export function actionOf(
  row: FailureRow,
  { language, timezone }: Pick<ReconciliationRun, 'language' | 'timezone'>,
): Action {
  const advice = adviseOnFailure(
    { code: row.failureCode, atCreate: row.failedStatus === 'REJECTED', failedAt: row.failedAt },
    { language },
  );
  const nothing = { ...advice, retry: 'DO_NOT_RETRY', owner: 'NOBODY', notBefore: null } as const;
  const words = WORDS[language];
  if (row.replacedBy !== null) return { ...nothing, text: words.replaced(row.replacedBy) };
  if (row.writtenOff) return { ...nothing, text: words.writtenOff };
  if (row.change === 'SETTLED') return { ...nothing, text: words.settled(row.status) };
  if (row.retriedAfter !== null) {
    const time = formatTime(row.retriedAfter, timezone);
    const text = words.retriedAfter(time, row.retryAttempt!, row.retriesAtMost!);
    return { ...advice, owner: 'NOBODY', text, generalText: words.retried };
  }
  if (row.retriesUsedUp) {
    const owner = advice.owner === 'NOBODY' ? 'RECIPIENT' : advice.owner;
    return { ...advice, owner, text: words.usedUp + advice.text };
  }
  return advice;
}

/** The columns of `failures.csv`. */
export function failureColumns(run: ReconciliationRun): Columns<FailureRow> {
  const time = (at: Date | null) => LocalTime.of(at, run.timezone);
  let last: { row: FailureRow; action: Action } | undefined;
  // Several columns of a row use the same advice.
  const action = (row: FailureRow): Action => {
    if (last?.row !== row) last = { row, action: actionOf(row, run) };
    return last.action;
  };
  return [
    ['change', (row) => row.change],
    ['external_id', (row) => row.externalId],
    ['recipient_email', (row) => row.email],
    ['amount', (row) => BigInt(row.amount)],
    ['currency', (row) => row.currency],
    ['status', (row) => row.status],
    ['failure_code', (row) => row.failureCode],
    ['failure_description', (row) => action(row).meaning],
    ['retry', (row) => action(row).retry],
    ['recommended_action', (row) => action(row).text],
    ['owner', (row) => action(row).owner],
    ['retry_not_before', (row) => time(action(row).notBefore)],
    ['decision', () => null],
    ['note', () => null],
    ['last_decision', (row) => row.lastDecision],
    ['last_note', (row) => row.lastNote],
    ['last_decided_at', (row) => time(row.lastDecidedAt)],
    ['attempt', (row) => row.attempt],
    ['replaced_by', (row) => row.replacedBy],
    ['days_open', (row) => wholeDays(row.createdAt, run.slotEnd, run.timezone)],
    ['created_at', (row) => time(row.createdAt)],
    ['failed_at', (row) => time(row.failedAt)],
    ['detected_at', (row) => time(row.detectedAt)],
    ['detected_by', (row) => row.detectedBy],
    ['failure_stage', (row) => STAGES[row.failedStatus]],
    ['account', () => run.account],
    ['provider_id', (row) => row.providerId],
    ['timezone', () => run.timezone],
  ];
}
