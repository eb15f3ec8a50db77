import { FAILURE_CATALOGUE } from 'nestjs-payout-links';
import { CONDITION_TYPES, DUPLICATE_CODES } from 'nestjs-payout-links/unstable';
import { sqlList } from './sql-list.js';
import { conditionOf, type OpenLink } from '../discrepancies/conditions.js';
import { DISCREPANCY_ACTIONS, type DiscrepancyType } from '../discrepancies/discrepancy-types.js';
import type { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import type { Columns } from './csv.js';
import { LocalTime } from './local-time.js';
import { OPEN } from './open-links.report.js';
import type { Batches } from './rows.js';
import { BEFORE, INCLUDED, IN_SLOT, stateIn } from './slot-history.js';

/** One row of the report. Amounts are decimal strings. */
export interface DiscrepancyRow {
  type: DiscrepancyType;
  externalId: string | null;
  providerId: string | null;
  localValue: string;
  providerValue: string;
  amount: string | null;
  currency: string | null;
  firstSeenAt: Date;
  detectedBy: string;
}

const CONDITIONS = `(${sqlList(CONDITION_TYPES)})`;
const KNOWN_CODES = sqlList(FAILURE_CATALOGUE.entries.map(({ code }) => code));

/** Another link of a chain that was paid when a link of it succeeded; `before`: in an earlier slot. */
const OTHER_PAID = `
  SELECT other.external_id, last.before FROM payout_link other, LATERAL (
    SELECT to_status, ${BEFORE} AS before FROM payout_link_transition
    WHERE payout_link_id = other.id AND ${IN_SLOT} AND recorded_at <= change.recorded_at
    ORDER BY seq DESC LIMIT 1) AS last
  WHERE other.chain_id = link.chain_id AND other.id <> link.id AND last.to_status = 'SUCCEEDED'
  ORDER BY other.attempt LIMIT 1`;

/**
 * Stored discrepancies: conditions in every slot at whose end they hold, events in the slot in which they were
 * found, neither in a slot before their link was created. From the history: each failure code of the slot's changes
 * that is not in the catalogue; creates that the provider refused as duplicates, until they are adopted; and each chain
 * of which a second link succeeded in the slot while another one had.
 */
export const DISCREPANCIES_SQL = `
  WITH ${stateIn("'REJECTED'")},
  found AS (
    SELECT type, external_id, discrepancy.provider_id, local_value, provider_value, amount, currency, first_seen_at,
      detected_by
    FROM payout_link_discrepancy discrepancy
    LEFT JOIN payout_link_transition created ON created.payout_link_id = discrepancy.payout_link_id AND created.seq = 1
    WHERE discrepancy.account = $1 AND first_seen_at <= $3 AND coalesce(created.effective_at < $2, true)
      AND CASE WHEN type IN ${CONDITIONS} THEN resolved_at IS NULL OR resolved_at > $3
        ELSE first_seen_at > $5 OR created.effective_at >= $4 END
    UNION ALL
    SELECT 'UNKNOWN_FAILURE_CODE', CASE count(*) WHEN 1 THEN min(link.external_id) END,
      CASE count(*) WHEN 1 THEN min(change.provider_id) END, CASE count(*) WHEN 1 THEN '' ELSE count(*)::text END,
      change.failure_code, sum(link.amount)::bigint, link.currency, min(change.recorded_at),
      (array_agg(change.source ORDER BY change.recorded_at, link.external_id COLLATE "C"))[1]
    FROM (
      WITH ${INCLUDED}
      SELECT DISTINCT ON (payout_link_id, failure_code) * FROM included
      WHERE NOT before AND failure_code IS NOT NULL AND failure_code NOT IN (${KNOWN_CODES})
      ORDER BY payout_link_id, failure_code, seq) AS change
    JOIN payout_link link ON link.id = change.payout_link_id
    GROUP BY change.failure_code, link.currency
    UNION ALL
    SELECT 'DUPLICATE_AT_PROVIDER', link.external_id, state.provider_id, state.to_status, state.failure_code,
      link.amount, link.currency, state.recorded_at, state.source
    FROM state JOIN payout_link link ON link.id = state.payout_link_id
    WHERE state.failure_code IN (${sqlList(DUPLICATE_CODES)})
    UNION ALL
    SELECT 'PAID_TWICE', external_id, provider_id, paid, to_status, amount, currency, recorded_at, source FROM (
      SELECT DISTINCT ON (link.chain_id) link.external_id, change.provider_id, other.external_id AS paid,
        change.to_status, link.amount, link.currency, change.recorded_at, change.source,
        change.before AND other.before AS before
      FROM payout_link link JOIN (
          SELECT *, ${BEFORE} AS before FROM payout_link_transition WHERE ${IN_SLOT}) AS change
          ON change.payout_link_id = link.id,
        LATERAL (${OTHER_PAID}) AS other
      WHERE change.to_status = 'SUCCEEDED' AND change.from_status IS DISTINCT FROM 'SUCCEEDED'
        AND link.account = $1 AND link.chain_id IN (SELECT chain_id FROM payout_link WHERE account = $1 AND attempt > 1)
      ORDER BY link.chain_id, change.recorded_at, link.attempt) AS twice
    WHERE NOT before)
  SELECT type, external_id AS "externalId", provider_id AS "providerId", local_value AS "localValue",
    provider_value AS "providerValue", amount, currency, first_seen_at AS "firstSeenAt", detected_by AS "detectedBy"
  FROM found
  ORDER BY first_seen_at, type COLLATE "C", external_id COLLATE "C", local_value COLLATE "C"`;

/** An open link with what its state may contradict. */
export type OpenLinkState = OpenLink &
  Pick<DiscrepancyRow, 'externalId' | 'providerId' | 'amount' | 'currency' | 'detectedBy'>;

/** Every open link at the slot's end. */
export const OPEN_STATES_SQL = `
  WITH ${stateIn(OPEN)}
  SELECT link.external_id AS "externalId", state.provider_id AS "providerId", link.amount, link.currency,
    state.to_status AS status, state.provider_status AS "providerStatus", state.expires_at AS "expiresAt",
    state.effective_at AS "statusAt", state.recorded_at AS "recordedAt", state.source AS "detectedBy"
  FROM state JOIN payout_link link ON link.id = state.payout_link_id
  ORDER BY link.created_at, link.external_id COLLATE "C"`;

/** Stored discrepancies first, then those derived from open links at the slot's end. */
export async function* discrepancyRows(
  discrepancies: Batches<DiscrepancyRow>,
  openLinks: Batches<OpenLinkState>,
  slotEnd: Date,
): AsyncGenerator<readonly DiscrepancyRow[], void, void> {
  yield* discrepancies;
  for await (const links of openLinks) {
    yield links.flatMap((link) => {
      const condition = conditionOf(link, slotEnd);
      if (!condition) return [];
      const { externalId, providerId, amount, currency, detectedBy } = link;
      return [{ ...condition, externalId, providerId, amount, currency, detectedBy }];
    });
  }
}

/** Of a new failure code, how many links have it. */
function localValueOf({ type, localValue }: DiscrepancyRow, language: 'en' | 'id'): string {
  if (type !== 'UNKNOWN_FAILURE_CODE' || localValue === '') return localValue;
  return `${localValue} ${language === 'id' ? 'tautan' : 'links'}`;
}

/** The columns of `discrepancies.csv`. */
export function discrepancyColumns(run: ReconciliationRun): Columns<DiscrepancyRow> {
  return [
    ['type', (row) => row.type],
    ['external_id', (row) => row.externalId],
    ['provider_id', (row) => row.providerId],
    ['account', () => run.account],
    ['local_value', (row) => localValueOf(row, run.language)],
    ['provider_value', (row) => row.providerValue],
    ['amount', (row) => (row.amount === null ? null : BigInt(row.amount))],
    ['currency', (row) => row.currency],
    ['first_seen_at', (row) => LocalTime.of(row.firstSeenAt, run.timezone)],
    ['detected_by', (row) => row.detectedBy],
    ['recommended_action', (row) => DISCREPANCY_ACTIONS[row.type][run.language]],
    ['timezone', () => run.timezone],
  ];
}
