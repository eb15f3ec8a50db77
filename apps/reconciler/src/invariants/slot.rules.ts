import type { Rule } from './history.rules.js';

/** The rules of slots and of what was decided on their reports. */
export const SLOT_RULES: readonly Rule[] = [
  {
    name: 'the sealed slots of an account follow each other without gaps',
    sql: `SELECT format('%s %s', account, business_date) AS what FROM (
        SELECT account, business_date, lag(business_date) OVER (PARTITION BY account ORDER BY business_date) AS before
        FROM payout_link_reconciliation_run WHERE sealed) AS slot
      WHERE business_date <> before + 1`,
  },
  {
    name: 'a finished slot has a result, its totals and the hash of its manifest, and ended before its as-of',
    sql: `SELECT format('%s %s', account, business_date) AS what FROM payout_link_reconciliation_run
      WHERE status = 'FINISHED' AND (as_of IS NULL OR result IS NULL OR roll_forward IS NULL
        OR manifest_sha256 IS NULL OR finished_at IS NULL OR as_of < slot_end)`,
  },
  {
    name: 'a decision is on a link of its account, in a slot that was reported',
    sql: `SELECT decision.id::text AS what FROM payout_link_decision decision
      LEFT JOIN payout_link link ON link.id = decision.payout_link_id
      LEFT JOIN payout_link_reconciliation_run run
        ON run.account = decision.account AND run.business_date = decision.business_date
      WHERE link.id IS NULL OR link.account <> decision.account OR run.id IS NULL`,
  },
  {
    name: 'a read of a slot is of a link of its account',
    sql: `SELECT format('run %s, %s', read.run_id, read.payout_link_id) AS what
      FROM payout_link_reconciliation_read read
      LEFT JOIN payout_link_reconciliation_run run ON run.id = read.run_id
      LEFT JOIN payout_link link ON link.id = read.payout_link_id
      WHERE run.id IS NULL OR link.id IS NULL OR link.account <> run.account`,
  },
  {
    name: 'a delivered report has a time, and a waiting one has none',
    sql: `SELECT id::text AS what FROM payout_link_report_delivery
      WHERE (state = 'DELIVERED') <> (delivered_at IS NOT NULL)`,
  },
];
