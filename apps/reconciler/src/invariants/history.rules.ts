import { FAILED_STATUSES } from 'nestjs-payout-links';
import { sqlList } from '../report/sql-list.js';

/** A rule that holds in every row. */
export interface Rule {
  name: string;
  /** Selects what breaks it, as one text column `what`. */
  sql: string;
}

/** A status's place in the order in which a link moves. */
const rank = (status: string) =>
  `CASE ${status} WHEN 'CREATING' THEN 0 WHEN 'UNCONFIRMED' THEN 1 WHEN 'PENDING' THEN 2 WHEN 'UNKNOWN' THEN 2
    WHEN 'REQUESTED' THEN 3 ELSE 4 END`;

/** The rules of a link, its history and its chain. */
export const HISTORY_RULES: readonly Rule[] = [
  {
    name: 'a link has the status, the failure code and the version of the end of its history',
    sql: `SELECT link.id::text AS what FROM payout_link link
      LEFT JOIN payout_link_transition last ON last.payout_link_id = link.id AND last.seq = link.version
      WHERE last.to_status IS DISTINCT FROM link.status OR last.failure_code IS DISTINCT FROM link.failure_code
        OR last.account IS DISTINCT FROM link.account OR last.effective_at IS DISTINCT FROM link.status_at
        OR EXISTS (SELECT 1 FROM payout_link_transition WHERE payout_link_id = link.id AND seq > link.version)`,
  },
  {
    name: 'the changes of a link are numbered from 1 without gaps, and each begins where the one before ended',
    sql: `SELECT format('%s, change %s', payout_link_id, seq) AS what FROM (
        SELECT payout_link_id, seq, from_status, row_number() OVER of_link AS place, lag(to_status) OVER of_link AS before
        FROM payout_link_transition WINDOW of_link AS (PARTITION BY payout_link_id ORDER BY seq)) AS change
      WHERE seq <> place OR from_status IS DISTINCT FROM before`,
  },
  {
    name: 'changes take effect and are recorded in their order, and none takes effect after it was recorded',
    sql: `SELECT format('%s, change %s', payout_link_id, seq) AS what FROM (
        SELECT payout_link_id, seq, effective_at, recorded_at, lag(effective_at) OVER of_link AS effective_before,
          lag(recorded_at) OVER of_link AS recorded_before
        FROM payout_link_transition WINDOW of_link AS (PARTITION BY payout_link_id ORDER BY seq)) AS change
      WHERE effective_at > recorded_at OR effective_at < effective_before OR recorded_at < recorded_before`,
  },
  {
    name: 'no link moves backward, except a rejected one that is sent again or that the provider shows after all',
    sql: `SELECT format('%s, change %s: %s to %s', payout_link_id, seq, from_status, to_status) AS what
      FROM payout_link_transition
      WHERE from_status <> 'REJECTED' AND (${rank('to_status')} < ${rank('from_status')}
        OR to_status = 'REJECTED' AND from_status NOT IN ('CREATING', 'UNCONFIRMED')
        OR to_status = 'REJECTED' AND from_status = 'UNCONFIRMED' AND failure_code <> 'ABANDONED'
        OR to_status = 'UNCONFIRMED' AND from_status <> 'CREATING')`,
  },
  {
    name: 'a link that the provider has shown has its id, and one that it never made has none',
    sql: `SELECT id::text AS what FROM payout_link
      WHERE provider_id IS NULL AND status NOT IN ('CREATING', 'UNCONFIRMED', 'REJECTED')
        OR provider_id IS NOT NULL AND status IN ('CREATING', 'UNCONFIRMED')`,
  },
  {
    name: 'a new link carries on the chain of the one that it replaces, in its account and with its amount',
    sql: `SELECT next.id::text AS what FROM payout_link next LEFT JOIN payout_link old ON old.id = next.reissue_of
      WHERE next.reissue_of IS NULL AND (next.chain_id <> next.id OR next.attempt <> 1)
        OR next.reissue_of IS NOT NULL AND (old.id IS NULL OR old.chain_id <> next.chain_id
          OR old.attempt + 1 <> next.attempt OR old.account <> next.account OR old.amount <> next.amount
          OR old.currency <> next.currency OR next.reissue_reason IS NULL)`,
  },
  {
    name: 'a link was dead when it was replaced',
    sql: `SELECT next.id::text AS what FROM payout_link next
      JOIN payout_link_transition created ON created.payout_link_id = next.id AND created.seq = 1
      CROSS JOIN LATERAL (SELECT to_status FROM payout_link_transition
        WHERE payout_link_id = next.reissue_of AND recorded_at <= created.recorded_at
        ORDER BY seq DESC LIMIT 1) AS old
      WHERE old.to_status NOT IN (${sqlList(FAILED_STATUSES)}, 'VOIDED')`,
  },
  {
    name: 'a write-off is of a failure of its link',
    sql: `SELECT format('%s, version %s', written.payout_link_id, link_version) AS what FROM payout_link_write_off written
      LEFT JOIN payout_link_transition change
        ON change.payout_link_id = written.payout_link_id AND change.seq = written.link_version
      WHERE change.to_status IS NULL OR change.to_status NOT IN (${sqlList(FAILED_STATUSES)})
        OR change.account <> written.account`,
  },
  {
    name: 'a discrepancy is of its link as it was or is',
    sql: `SELECT discrepancy.id::text AS what FROM payout_link_discrepancy discrepancy
      LEFT JOIN payout_link link ON link.id = discrepancy.payout_link_id
      WHERE discrepancy.payout_link_id IS NOT NULL
        AND (link.id IS NULL OR link.account <> discrepancy.account OR link_version NOT BETWEEN 1 AND link.version)`,
  },
  {
    name: 'a plan is of a failure, by its code, and ends with an outcome',
    sql: `SELECT format('%s, change %s', plan.payout_link_id, plan.seq) AS what FROM payout_link_reissue_plan plan
      LEFT JOIN payout_link_transition failure
        ON failure.payout_link_id = plan.payout_link_id AND failure.seq = plan.seq
      WHERE failure.to_status IS NULL OR failure.to_status NOT IN ('FAILED', 'EXPIRED')
        OR failure.failure_code <> plan.failure_code OR failure.account <> plan.account
        OR (plan.ended_at IS NULL) <> (plan.outcome IS NULL) OR plan.attempt > plan.max_attempts`,
  },
  {
    name: 'a chain has one plan at a time',
    sql: `SELECT link.chain_id::text AS what FROM payout_link_reissue_plan plan
      JOIN payout_link link ON link.id = plan.payout_link_id
      WHERE plan.ended_at IS NULL GROUP BY link.chain_id HAVING count(*) > 1`,
  },
  {
    name: 'a task is of a change that its handler wants',
    sql: `SELECT format('%s, %s, change %s', task.handler, task.payout_link_id, task.seq) AS what
      FROM payout_link_outbox task
      LEFT JOIN payout_link_transition change ON change.payout_link_id = task.payout_link_id AND change.seq = task.seq
      WHERE change.to_status IS NULL OR change.from_status = change.to_status`,
  },
  {
    name: 'a processed delivery was about a link of an account that shares its token, and others about none',
    sql: `SELECT delivery.id::text AS what FROM payout_link_delivery delivery
      LEFT JOIN payout_link link ON link.id = delivery.payout_link_id
      WHERE delivery.status = 'PROCESSED' AND (link.id IS NULL OR delivery.processed_at IS NULL)
        OR delivery.status <> 'PROCESSED' AND delivery.payout_link_id IS NOT NULL`,
  },
  {
    name: 'a link has a lease while it is being created, and only then',
    sql: `SELECT id::text AS what FROM payout_link WHERE (status = 'CREATING') <> (lease_expires_at IS NOT NULL)`,
  },
];
