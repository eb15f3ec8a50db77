import { Injectable } from '@nestjs/common';
import { entityOf, type Row } from '../database/entity-rows.js';
import { named } from '../database/named.js';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { LEASE_SECONDS } from '../lease.js';
import { CUTOFF_LOCK, LOCK_TIMEOUT } from './cutoff.js';
import { PayoutLink } from './payout-link.entity.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';
import { resolveConditions } from './recorder.sql.js';
import { PayoutLinkTransition } from './transition.entity.js';

/** A position in the list: the last row of the previous page. */
export interface ListPosition {
  createdAt: Date;
  id: string;
}

/** Filters of a list. */
export interface ListFilter {
  status?: PayoutLinkStatus;
  account?: string;
  /** Part of the external id or the e-mail address, case-insensitive. */
  q?: string;
  batchId?: string;
  createdFrom?: Date;
  createdTo?: Date;
}

/**
 * Takes the shared cutoff locks, then the rows of links that are still at the given version, both in a fixed order, so
 * that concurrent confirmations do not deadlock.
 */
const CONFIRM = named(`
  WITH cutoff AS MATERIALIZED (
    SELECT ${LOCK_TIMEOUT}, pg_advisory_xact_lock_shared(hashtext('${CUTOFF_LOCK}'), hashtext(account))
    FROM (SELECT DISTINCT account FROM unnest(:accounts::text[]) AS account ORDER BY account) AS accounts),
  locked AS MATERIALIZED (
    SELECT link.id, read.seconds FROM payout_link link
    JOIN unnest(:ids::uuid[], :versions::int[], :ages::float8[]) AS read (id, version, seconds)
      ON read.id = link.id AND read.version = link.version
    WHERE (SELECT count(*) FROM cutoff) > 0
    ORDER BY link.id FOR NO KEY UPDATE OF link),
  settled AS (${resolveConditions('payout_link_id IN (SELECT id FROM locked)')})
  UPDATE payout_link
  SET last_read_at = greatest(last_read_at, clock_timestamp() - make_interval(secs => locked.seconds))
  FROM locked WHERE payout_link.id = locked.id`);

/**
 * Reads links, and writes what is not state: leases, schedules, confirmations and request marks. State changes go
 * through the recorder.
 */
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

  /**
   * In any account, this one first. Distinct accounts are read from the index one by one: a scan would read every
   * link.
   */
  async findInAnyAccount(account: string, providerId: string): Promise<PayoutLink | null> {
    const [row] = await this.database.query<Row>(
      `WITH RECURSIVE account AS (
         (SELECT account FROM payout_link ORDER BY account LIMIT 1)
         UNION ALL
         SELECT (SELECT account FROM payout_link WHERE account > account.account ORDER BY account LIMIT 1)
         FROM account WHERE account.account IS NOT NULL)
       SELECT link.* FROM account JOIN payout_link link ON link.account = account.account AND link.provider_id = $2
       ORDER BY link.account = $1 DESC LIMIT 1`,
      [account, providerId],
    );
    return row ? entityOf(PayoutLink, row) : null;
  }

  findByDisbursementId(account: string, disbursementId: string): Promise<PayoutLink | null> {
    return this.find('account = $1 AND disbursement_id = $2', [account, disbursementId]);
  }

  /** The link that replaced this one. */
  findSuccessor(id: string): Promise<PayoutLink | null> {
    return this.find('reissue_of = $1', [id]);
  }

  /** All links of a chain of replacements, first to last. */
  async findChain(chainId: string): Promise<PayoutLink[]> {
    return links(
      await this.database.query<Row>('SELECT * FROM payout_link WHERE chain_id = $1 ORDER BY attempt', [
        chainId,
      ]),
    );
  }

  /** Links that wait for a claim although an earlier link of their chain has succeeded. */
  async findPaidByAnother(accounts: readonly string[]): Promise<PayoutLink[]> {
    return links(
      await this.database.query<Row>(
        `SELECT * FROM payout_link AS later
         WHERE status = 'PENDING' AND reissue_of IS NOT NULL AND account = ANY ($1) AND EXISTS (
           SELECT 1 FROM payout_link AS paid
           WHERE paid.chain_id = later.chain_id AND paid.attempt < later.attempt AND paid.status = 'SUCCEEDED')`,
        [accounts],
      ),
    );
  }

  /** When a link entered its current status: by the provider's clock if known, else when we recorded it. */
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

  /** Newest first, after the given position. The id breaks ties of the creation time. */
  async list(filter: ListFilter, limit: number, after?: ListPosition): Promise<PayoutLink[]> {
    const { status, account, q, batchId, createdFrom, createdTo } = filter;
    const values: unknown[] = [limit];
    const conditions: string[] = [];
    const where = (condition: (parameter: string) => string, value: unknown) => {
      if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
    };
    where((p) => `status = ${p}`, status);
    where((p) => `account = ${p}`, account);
    where((p) => `batch_id = ${p}`, batchId);
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

  /** Renews the lease of a running create; false when another process has taken it over. */
  async renewLease(id: string, fence: number): Promise<boolean> {
    const renewed = await this.database.execute(
      `UPDATE payout_link SET lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND lease_fence = $2 AND status = 'CREATING'`,
      [id, fence],
    );
    return renewed > 0;
  }

  /**
   * Takes over creates whose lease expired a minute ago. Several instances may call it at once.
   * @param id only this one
   */
  async takeOverIntents(
    accounts: readonly string[],
    limit: number,
    id: string | null = null,
  ): Promise<PayoutLink[]> {
    const rows = await this.database.queryUnprepared<Row>(
      `UPDATE payout_link SET lease_fence = lease_fence + 1,
         lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = ANY (ARRAY(
         SELECT id FROM payout_link
         WHERE status = 'CREATING' AND lease_expires_at < statement_timestamp() - interval '1 minute'
           AND ($2::uuid IS NULL OR id = $2) AND account = ANY ($3)
         ORDER BY created_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
       RETURNING *`,
      [limit, id, accounts],
    );
    return links(rows);
  }

  /**
   * Records that the provider just confirmed links unchanged; a link that has changed meanwhile is skipped. A
   * usable response resolves the discrepancies that reported none.
   */
  async confirm(
    reads: readonly { link: Pick<PayoutLink, 'id' | 'version' | 'account'>; sentAt: number }[],
  ): Promise<void> {
    if (reads.length === 0) return;
    await this.database.query(
      ...CONFIRM({
        ids: reads.map(({ link }) => link.id),
        versions: reads.map(({ link }) => link.version),
        accounts: reads.map(({ link }) => link.account),
        ages: reads.map(({ sentAt }) => secondsSince(sentAt)),
      }),
    );
  }

  /** Leases links that are due for a poll to this process. Several instances may call it at once. */
  async takeDueForPoll(
    accounts: readonly string[],
    limit: number,
    leaseSeconds: number,
  ): Promise<PayoutLink[]> {
    const rows = await this.database.queryUnprepared<Row>(
      `UPDATE payout_link SET next_poll_at = clock_timestamp() + make_interval(secs => $2)
       WHERE id = ANY (ARRAY(
         SELECT id FROM payout_link WHERE next_poll_at <= statement_timestamp() AND account = ANY ($3)
         ORDER BY next_poll_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
       RETURNING *`,
      [limit, leaseSeconds, accounts],
    );
    return links(rows);
  }

  /** Schedules a link's next poll, unless it has changed meanwhile, which makes it due at once. */
  async planPoll({ id, version }: PayoutLink, at: Date | null, polls: number): Promise<void> {
    await this.database.execute(
      'UPDATE payout_link SET next_poll_at = $3, polls = $4 WHERE id = $1 AND version = $2',
      [id, version, at, polls],
    );
  }

  /** Records that our void is in progress; `withdrawVoid` clears it when the provider refuses. */
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

  /** Records that an unconfirmed create is sent again: the provider's link may be that young. */
  async markSent(id: string): Promise<void> {
    await this.database.execute(
      `WITH timeout AS MATERIALIZED (SELECT ${LOCK_TIMEOUT})
       UPDATE payout_link SET last_sent_at = clock_timestamp() FROM timeout WHERE id = $1`,
      [id],
    );
  }

  /** Deletes raw responses recorded before so many days. @returns how many */
  async purgeRaw(days: number, limit: number): Promise<number> {
    const purged = await this.database.queryUnprepared(
      `UPDATE payout_link_transition SET raw = NULL WHERE id = ANY (ARRAY(
         SELECT id FROM payout_link_transition
         WHERE raw IS NOT NULL AND recorded_at < statement_timestamp() - make_interval(days => $1)
         ORDER BY recorded_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED))
       RETURNING id`,
      [days, limit],
    );
    return purged.length;
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

/** Seconds since something was sent by `performance.now()`; the database subtracts them from its own clock. */
export function secondsSince(sentAt: number): number {
  return (performance.now() - sentAt) / 1_000;
}
