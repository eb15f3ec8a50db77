import { Injectable } from '@nestjs/common';
import { entityOf, type Row } from '../database/entity-rows.js';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import type { BesideConfirm } from './beside-confirm.js';
import { PayoutLink } from './payout-link.entity.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';
import { PayoutLinkTransition } from './transition.entity.js';

/**
 * In the first CTE of a statement that a caller waits for: a row that the caller's own open transaction has locked is
 * given up after a while, since PostgreSQL cannot see that deadlock. Local to the transaction, so poolers do no harm.
 * @internal
 */
export const LOCK_TIMEOUT = "set_config('lock_timeout', '30s', true)";

/** A place in the list: the last row of the page before. */
export interface ListPosition {
  createdAt: Date;
  id: string;
}

/** What a list is narrowed to. */
export interface ListFilter {
  status?: PayoutLinkStatus;
  account?: string;
  /** A part of the external id or the e-mail address, in any case. */
  q?: string;
  createdFrom?: Date;
  createdTo?: Date;
}

/** Every query on links that changes no state. */
@Injectable()
export class PayoutLinkRepository {
  constructor(private readonly database: PayoutLinksDatabase) {}

  findById(id: string): Promise<PayoutLink | null> {
    return this.find('id = $1', [id]);
  }

  findByExternalId(account: string, externalId: string): Promise<PayoutLink | null> {
    return this.find('account = $1 AND external_id = $2', [account, externalId]);
  }

  findByProviderId(account: string, providerId: string): Promise<PayoutLink | null> {
    return this.find('account = $1 AND provider_id = $2', [account, providerId]);
  }

  findByDisbursementId(account: string, disbursementId: string): Promise<PayoutLink | null> {
    return this.find('account = $1 AND disbursement_id = $2', [account, disbursementId]);
  }

  /** The link that replaced this one. */
  findSuccessor(id: string): Promise<PayoutLink | null> {
    return this.find('reissue_of = $1', [id]);
  }

  /** The chain of replacements that a link belongs to, first to last. */
  async findChain(chainId: string): Promise<PayoutLink[]> {
    return links(
      await this.database.query<Row>('SELECT * FROM payout_link WHERE chain_id = $1 ORDER BY attempt', [
        chainId,
      ]),
    );
  }

  /** When a link came to the status that it has: by the provider's clock where it says so, else when we saw it. */
  async enteredAt({ id, status }: Pick<PayoutLink, 'id' | 'status'>): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date }>(
      `SELECT least(occurred_at, recorded_at) AS at FROM payout_link_transition
       WHERE payout_link_id = $1 AND to_status = $2 AND from_status IS DISTINCT FROM to_status
       ORDER BY seq DESC LIMIT 1`,
      [id, status],
    );
    return row?.at ?? null;
  }

  /** The database's clock. */
  async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return row!.now;
  }

  /** Newest first, after the position given; the creation time alone does not order, so the id breaks ties. */
  async list(filter: ListFilter, limit: number, after?: ListPosition): Promise<PayoutLink[]> {
    const { status, account, q, createdFrom, createdTo } = filter;
    const values: unknown[] = [limit];
    const conditions: string[] = [];
    const where = (condition: (parameter: string) => string, value: unknown) => {
      if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
    };
    where((p) => `status = ${p}`, status);
    where((p) => `account = ${p}`, account);
    where((p) => `created_at >= ${p}`, createdFrom);
    where((p) => `created_at < ${p}`, createdTo);
    where((p) => `(external_id ILIKE ${p} OR email ILIKE ${p})`, q && `%${q.replace(/[\\%_]/g, '\\$&')}%`);
    if (after) {
      const position = [values.push(after.createdAt), values.push(after.id)];
      conditions.push(`(created_at, id) < ($${position[0]}, $${position[1]})`);
    }
    return links(
      await this.database.queryUnprepared<Row>(
        `SELECT * FROM payout_link ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
         ORDER BY created_at DESC, id DESC LIMIT $1`,
        values,
      ),
    );
  }

  /** Oldest first. */
  async history(payoutLinkId: string): Promise<PayoutLinkTransition[]> {
    const rows = await this.database.query<Row>(
      'SELECT * FROM payout_link_transition WHERE payout_link_id = $1 ORDER BY seq',
      [payoutLinkId],
    );
    return rows.map((row) => entityOf(PayoutLinkTransition, row));
  }

  /** Keeps a running create's hold on its intent; false when somebody else has taken it over. */
  async renewLease(id: string, fence: number): Promise<boolean> {
    const renewed = await this.database.execute(
      `UPDATE payout_link SET lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND lease_fence = $2 AND status = 'CREATING'`,
      [id, fence],
    );
    return renewed > 0;
  }

  /**
   * Takes over creates whose holder has not renewed its lease for a minute; several instances may ask at once.
   * @param id only this one
   */
  async takeOverIntents(
    accounts: readonly string[],
    limit: number,
    id: string | null = null,
  ): Promise<PayoutLink[]> {
    const rows = await this.database.query<Row>(
      `UPDATE payout_link SET lease_fence = lease_fence + 1,
         lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id IN (
         SELECT id FROM payout_link
         WHERE status = 'CREATING' AND lease_expires_at < clock_timestamp() - interval '1 minute'
           AND ($2::uuid IS NULL OR id = $2) AND account = ANY ($3)
         ORDER BY created_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING *`,
      [limit, id, accounts],
    );
    return links(rows);
  }

  /**
   * Keeps that the provider has just confirmed links as we hold them; one that has changed meanwhile is left alone. A
   * good answer ends the findings that say there was none.
   */
  async confirm(
    reads: readonly { link: Pick<PayoutLink, 'id' | 'version' | 'account'>; sentAt: number }[],
    beside: BesideConfirm = { ctes: '', parameters: [] },
  ): Promise<void> {
    if (reads.length === 0 && beside.parameters.length === 0) return;
    const $ = (n: number) => `$${beside.parameters.length + n}`;
    await this.database.query(
      `WITH cut AS MATERIALIZED (
         SELECT ${LOCK_TIMEOUT}, pg_advisory_xact_lock_shared(hashtext('payout_link_cut'), hashtext(account))
         FROM (SELECT DISTINCT account FROM unnest(${$(3)}::text[]) AS account ORDER BY account) AS accounts),
       held AS MATERIALIZED (
         SELECT link.id, read.seconds FROM payout_link link
         JOIN unnest(${$(1)}::uuid[], ${$(2)}::int[], ${$(4)}::float8[]) AS read (id, version, seconds)
           ON read.id = link.id AND read.version = link.version
         WHERE (SELECT count(*) FROM cut) > 0
         ORDER BY link.id FOR NO KEY UPDATE OF link),
       settled AS (
         UPDATE payout_link_discrepancy SET resolved_at = clock_timestamp()
         WHERE payout_link_id IN (SELECT id FROM held) AND resolved_at IS NULL
           AND type IN ('AMOUNT_MISMATCH', 'MISSING_AT_PROVIDER', 'UNKNOWN_STATUS')),
       confirmed AS (
         UPDATE payout_link
         SET last_read_at = greatest(last_read_at, clock_timestamp() - make_interval(secs => held.seconds))
         FROM held WHERE payout_link.id = held.id
         RETURNING payout_link.id)
       ${beside.ctes}
       SELECT count(*) FROM confirmed`,
      [
        ...beside.parameters,
        reads.map(({ link }) => link.id),
        reads.map(({ link }) => link.version),
        reads.map(({ link }) => link.account),
        reads.map(({ sentAt }) => secondsSince(sentAt)),
      ],
    );
  }

  /** Takes links that are due for a look, for this process alone for a while; several may ask at once. */
  async takeDueForPoll(
    accounts: readonly string[],
    limit: number,
    holdSeconds: number,
  ): Promise<PayoutLink[]> {
    const rows = await this.database.query<Row>(
      `UPDATE payout_link SET next_poll_at = clock_timestamp() + make_interval(secs => $2)
       WHERE id IN (
         SELECT id FROM payout_link WHERE next_poll_at <= clock_timestamp() AND account = ANY ($3)
         ORDER BY next_poll_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING *`,
      [limit, holdSeconds, accounts],
    );
    return links(rows);
  }

  /** Says when a link is looked at next, unless it has changed meanwhile, which makes it due at once. */
  async planPoll({ id, version }: PayoutLink, at: Date | null, polls: number): Promise<void> {
    await this.database.execute(
      'UPDATE payout_link SET next_poll_at = $3, polls = $4 WHERE id = $1 AND version = $2',
      [id, version, at, polls],
    );
  }

  /** Remembers that a void of ours is on its way; taken back by `withdrawVoid` when the provider refuses it. */
  async markVoidRequested(id: string): Promise<void> {
    await this.database.execute(
      `WITH timeout AS MATERIALIZED (SELECT ${LOCK_TIMEOUT})
       UPDATE payout_link SET void_requested_at = clock_timestamp() FROM timeout WHERE id = $1`,
      [id],
    );
  }

  async withdrawVoid(id: string): Promise<void> {
    await this.database.execute('UPDATE payout_link SET void_requested_at = NULL WHERE id = $1', [id]);
  }

  /** Remembers that an unconfirmed create is sent once more: the provider's link may be as young as that. */
  async markSent(id: string): Promise<void> {
    await this.database.execute(
      `WITH timeout AS MATERIALIZED (SELECT ${LOCK_TIMEOUT})
       UPDATE payout_link SET last_sent_at = clock_timestamp() FROM timeout WHERE id = $1`,
      [id],
    );
  }

  private async find(condition: string, values: readonly string[]): Promise<PayoutLink | null> {
    const [row] = await this.database.query<Row>(
      `SELECT * FROM payout_link WHERE ${condition} LIMIT 1`,
      values,
    );
    return row ? entityOf(PayoutLink, row) : null;
  }
}

function links(rows: readonly Row[]): PayoutLink[] {
  return rows.map((row) => entityOf(PayoutLink, row));
}

/** How long ago something was sent, as `performance.now()` told: the database takes it off its own clock. */
export function secondsSince(sentAt: number): number {
  return (performance.now() - sentAt) / 1_000;
}
