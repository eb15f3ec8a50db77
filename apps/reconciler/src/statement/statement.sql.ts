import { sqlList } from '../report/sql-list.js';
import { EXPECTED } from './match.js';
import type { StatementKind } from './statement-line.js';

// Tables of one session, named so that no other statement of the program can mean them.

/** The rows of the files, as they are read. */
export const CREATE_LINES = `
  CREATE TEMP TABLE statement_line (
    file integer, row integer, part text, key text, "transactionId" text, "productId" text, reference text,
    currency text, amount numeric, status text, "createdAt" timestamptz, "updatedAt" timestamptz, fee numeric,
    vat numeric, channel text, "channelReference" text)`;

/** $1 is a JSON list of lines. */
export const ADD_LINES = `
  INSERT INTO statement_line SELECT * FROM json_populate_recordset(NULL::statement_line, $1)`;

/**
 * The lines that count. Transactions: the latest of each transaction. Balance: equal lines of different files are
 * one, equal lines within a file all count.
 */
const DISTINCT_LINES: Readonly<Record<StatementKind, string>> = {
  transactions: `
    SELECT DISTINCT ON (key, part) * FROM statement_line
    ORDER BY key, part, "updatedAt" DESC, file DESC, row DESC`,
  balance: `
    SELECT DISTINCT ON (key, copy) * FROM (
      SELECT *, row_number() OVER (PARTITION BY key, file ORDER BY row) AS copy FROM statement_line) AS line
    ORDER BY key, copy, file`,
};

const PAYMENTS: Readonly<Record<StatementKind, string>> = {
  transactions: `
    SELECT "transactionId", "productId", reference, amount, CASE status WHEN 'SUCCESS' THEN amount ELSE 0 END AS worth,
      status, true AS "hasDebit", "createdAt", fee, vat, channel, "channelReference", false AS "onlyFees", file, row
    FROM statement_distinct WHERE part = 'payment'`,
  balance: `
    SELECT *, CASE WHEN debits > worth THEN CASE WHEN worth > 0 THEN 'PARTLY_RETURNED' ELSE 'RETURNED' END
      WHEN debits = 0 THEN 'RETURNED' ELSE 'DEBITED' END AS status, debits > 0 AS "hasDebit",
      CASE WHEN debits > 0 THEN debits ELSE credits END AS amount
    FROM (
      SELECT reference, "productId", coalesce(min("transactionId") FILTER (WHERE part = 'payment'), '') AS "transactionId",
        coalesce(sum(amount) FILTER (WHERE part = 'payment' AND amount > 0), 0) AS debits,
        coalesce(-sum(amount) FILTER (WHERE part = 'payment' AND amount < 0), 0) AS credits,
        coalesce(sum(amount) FILTER (WHERE part = 'payment'), 0) AS worth,
        coalesce(min("createdAt") FILTER (WHERE part = 'payment' AND amount > 0),
          min("createdAt") FILTER (WHERE part = 'payment'), min("createdAt")) AS "createdAt",
        coalesce(sum(amount) FILTER (WHERE part = 'fee'), 0) AS fee,
        coalesce(sum(amount) FILTER (WHERE part = 'vat'), 0) AS vat,
        coalesce(max(channel) FILTER (WHERE part = 'payment'), '') AS channel,
        coalesce(max("channelReference") FILTER (WHERE part = 'payment'), '') AS "channelReference",
        bool_and(part <> 'payment') AS "onlyFees", min(file) AS file, min(row) AS row
      FROM statement_distinct WHERE part IN ('payment', 'fee', 'vat')
      GROUP BY reference, "productId") AS payment`,
};

/** Turns the lines into payments, once all files are read. */
export function createPayments(kind: StatementKind): string[] {
  return [
    `CREATE TEMP TABLE statement_distinct AS ${DISTINCT_LINES[kind]}`,
    'DROP TABLE statement_line',
    `CREATE TEMP TABLE statement_payment AS
       SELECT (row_number() OVER (ORDER BY file, row))::int AS id, "transactionId", "productId", reference, amount, worth,
         status, "hasDebit", "createdAt", fee, vat, channel, "channelReference", "onlyFees", NULL::uuid AS "linkId"
       FROM (${PAYMENTS[kind]}) AS payment`,
    // Now: one created within a snapshot, after its rows were changed there, would not be used in it.
    'CREATE INDEX ON statement_payment ("linkId")',
  ];
}

/** Whether any line was created before $1. */
export const BEGINS_BEFORE = `
  SELECT EXISTS (SELECT 1 FROM statement_distinct WHERE "createdAt" < $1) AS does`;

/** Everything that a match leaves in its session. */
export const DROP_ALL = `
  DROP TABLE IF EXISTS statement_line, statement_distinct, statement_payment, statement_claimed, statement_link,
    statement_match`;

/**
 * Finds the link of each payment: by its reference, else by the id of the transfer or of the link. $1 account. In a
 * temporary table: locks nothing of others.
 */
export const FIND_LINKS = `
  UPDATE statement_payment payment SET "linkId" = found.id
  FROM (
    SELECT payment.id AS "paymentId", coalesce(named.id, (
      SELECT link.id FROM payout_link link
      WHERE named.id IS NULL AND payment."productId" <> '' AND link.account = $1
        AND (link.disbursement_id = payment."productId" OR link.provider_id = payment."productId")
      ORDER BY link.disbursement_id IS NOT DISTINCT FROM payment."productId" DESC, link.id LIMIT 1)) AS id
    FROM statement_payment payment
    LEFT JOIN payout_link named ON named.account = $1 AND named.external_id = payment.reference
    WHERE NOT payment."onlyFees") AS found
  WHERE payment.id = found."paymentId" AND found.id IS NOT NULL`;

const MOVED = `(${sqlList(EXPECTED)})`;

/**
 * Links claimed within the period: by the provider's time, else by when they first were seen to be. $1 account,
 * $2 from, $3 to.
 */
const CLAIMED_IN_PERIOD = `
  SELECT id FROM payout_link WHERE account = $1 AND claimed_at >= $2 AND claimed_at < $3
  UNION
  SELECT link.id FROM payout_link_transition moved
  JOIN payout_link link ON link.id = moved.payout_link_id AND link.claimed_at IS NULL
  WHERE moved.account = $1 AND moved.effective_at >= $2 AND moved.effective_at < $3 AND moved.to_status IN ${MOVED}
    AND NOT EXISTS (
      SELECT 1 FROM payout_link_transition earlier
      WHERE earlier.payout_link_id = moved.payout_link_id AND earlier.seq < moved.seq
        AND earlier.to_status IN ${MOVED})`;

/** The links that are compared: those of the period, and those to which a payment belongs. Parameters as above. */
export const CREATE_LINKS = [
  `CREATE TEMP TABLE statement_claimed ON COMMIT DROP AS ${CLAIMED_IN_PERIOD}`,
  `CREATE TEMP TABLE statement_link ON COMMIT DROP AS
     SELECT id FROM statement_claimed UNION SELECT "linkId" FROM statement_payment WHERE "linkId" IS NOT NULL`,
] as const;

export const INDEX_LINKS = [
  'CREATE UNIQUE INDEX ON statement_link (id)',
  'ANALYZE statement_link',
  'ANALYZE statement_payment',
] as const;

/** How many links and payments without one there are. */
export const SIZE = `
  SELECT (SELECT count(*) FROM statement_link)::int
    + (SELECT count(*) FROM statement_payment WHERE "linkId" IS NULL AND NOT "onlyFees")::int AS size`;

/** A payment as JSON; amounts as text, because JSON's numbers are not exact. */
const PAYMENT = `
  json_build_object('id', payment.id, 'transactionId', "transactionId", 'productId', "productId", 'reference', reference,
    'amount', amount::text, 'worth', worth::text, 'status', status, 'hasDebit', "hasDebit", 'createdAt', "createdAt",
    'fee', fee::text, 'vat', vat::text, 'channel', channel, 'channelReference', "channelReference")`;

/** A page of links with their payments, by id. $1 account, $2 the period's end, $3 the last id of the page before, $4 how many. */
export const LINKS_PAGE = `
  SELECT link.id, link.external_id AS "externalId", link.provider_id AS "providerId",
    link.disbursement_id AS "disbursementId", link.email, link.amount, link.status, link.status_at AS "statusAt",
    at_end.to_status AS "statusAtEnd", coalesce(link.claimed_at, moved.effective_at) AS "claimedAt",
    link.claimed_at IS NOT NULL AS "isClaimTimeGiven", paid.effective_at AS "paidAt",
    coalesce(payments.list, '[]') AS payments
  FROM (SELECT id FROM statement_link WHERE id > $3 ORDER BY id LIMIT $4) AS page
  -- By the index: a join would sort all links for every page.
  CROSS JOIN LATERAL (SELECT * FROM payout_link WHERE id = page.id AND account = $1 OFFSET 0) AS link
  LEFT JOIN LATERAL (
    SELECT effective_at FROM payout_link_transition
    WHERE payout_link_id = link.id AND link.claimed_at IS NULL AND to_status IN ${MOVED}
    ORDER BY seq LIMIT 1) AS moved ON true
  LEFT JOIN LATERAL (
    SELECT to_status FROM payout_link_transition
    WHERE payout_link_id = link.id AND effective_at < $2 ORDER BY seq DESC LIMIT 1) AS at_end ON true
  LEFT JOIN LATERAL (
    SELECT effective_at FROM payout_link_transition
    WHERE payout_link_id = link.id AND to_status = 'SUCCEEDED' ORDER BY seq LIMIT 1) AS paid ON true
  LEFT JOIN LATERAL (
    SELECT json_agg(${PAYMENT} ORDER BY "createdAt", id) AS list FROM statement_payment payment
    WHERE "linkId" = link.id) AS payments ON true
  ORDER BY link.id`;

/** Payments without a link, by id. $1 the last id of the page before, $2 how many. */
export const UNKNOWN_PAGE = `
  SELECT ${PAYMENT} AS payment FROM statement_payment payment
  WHERE "linkId" IS NULL AND NOT "onlyFees" AND id > $1 ORDER BY id LIMIT $2`;

/** The matches, as they are found. */
export const CREATE_MATCHES = `
  CREATE TEMP TABLE statement_match (rank integer, at timestamptz, name text, number integer, match json)
  ON COMMIT DROP`;

/** $1 is a JSON list of matches with their order. */
export const ADD_MATCHES = `
  INSERT INTO statement_match SELECT * FROM json_populate_recordset(NULL::statement_match, $1)`;

export const MATCHES_IN_ORDER = `
  SELECT match FROM statement_match ORDER BY rank, at, name COLLATE "C", number`;

/** Whether a payment has a reference that is not ours. $3 the prefixes of our references, null: all may be. */
const IS_FOREIGN = `
  ("linkId" IS NULL AND $3::text[] IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM unnest($3::text[]) AS prefix WHERE starts_with(reference, prefix)))`;

const IS_IN_PERIOD = `("createdAt" >= $1 AND "createdAt" < $2)`;

/** Whether a payment counts: of the period, or of a link of the period. */
const COUNTS = `(${IS_IN_PERIOD} OR "linkId" IN (SELECT id FROM statement_claimed))`;

/** Whether a payment without a link is none of ours. */
const IS_OTHER: Readonly<Record<StatementKind, string>> = {
  transactions: `("linkId" IS NULL AND status NOT IN ('SUCCESS', 'PENDING', 'REVERSED') OR ${IS_FOREIGN})`,
  balance: `("linkId" IS NULL AND NOT "hasDebit" OR ${IS_FOREIGN})`,
};

/** Which rows have fees that were charged. */
const IS_CHARGED: Readonly<Record<StatementKind, string>> = {
  transactions: `status = 'SUCCESS'`,
  balance: 'true',
};

/** What the statement adds up to, by queries that know no results. $1 from, $2 to, $3 prefixes. */
export function statementTotals(kind: StatementKind): string {
  const sum = (value: string, condition: string) => `
    coalesce(sum(${value}) FILTER (WHERE ${condition}), 0)::text`;
  const count = (condition: string) => `(count(*) FILTER (WHERE ${condition}))::int`;
  const ours = `counts AND NOT other AND NOT "onlyFees"`;
  const others = `counts AND other AND NOT "onlyFees"`;
  const charged = `counts AND charged AND NOT other`;
  return `
    SELECT ${count(ours)} AS "statementCount", ${sum('worth', ours)} AS "statementAmount",
      ${count(`${charged} AND fee <> 0`)} AS "feesCount", ${sum('fee', charged)} AS "feesAmount",
      ${count(`${charged} AND vat <> 0`)} AS "vatCount", ${sum('vat', charged)} AS "vatAmount",
      ${count(others)} AS "otherPaymentsCount", ${sum('worth', others)} AS "otherPaymentsAmount"
    FROM (
      SELECT *, ${COUNTS} AS counts, ${IS_CHARGED[kind]} AS charged,
        CASE WHEN "onlyFees" THEN ${IS_FOREIGN} ELSE ${IS_OTHER[kind]} END AS other
      FROM statement_payment) AS payment`;
}

/**
 * What there is to match: links of the period, payments of the statement that may be ours, and whether any payment of
 * it has a link. $1 as $3 above.
 */
export const SIDES = `
  SELECT (SELECT count(*) FROM statement_claimed)::int AS links,
    (count(*) FILTER (WHERE NOT ${IS_FOREIGN.replaceAll('$3', '$1')}))::int AS payments,
    (count("linkId") > 0) AS "hasMatch"
  FROM statement_payment WHERE NOT "onlyFees"`;

/** Other types and currencies of the period. $1 from, $2 to. */
export const OTHER_TYPES = `
  SELECT currency, count(*)::int AS count, sum(amount)::text AS amount FROM statement_distinct
  WHERE part = 'other' AND "createdAt" >= $1 AND "createdAt" < $2 GROUP BY currency ORDER BY currency COLLATE "C"`;

/** What our database says was paid in the period. $1 account, $2 from, $3 to. */
export const BOOKS = `
  SELECT count(*)::int AS count, coalesce(sum(amount) FILTER (WHERE status = 'SUCCEEDED'), 0)::text AS amount
  FROM payout_link WHERE id IN (${CLAIMED_IN_PERIOD})`;
