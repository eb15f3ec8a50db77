import { Inject, Injectable } from '@nestjs/common';
import { Brackets, DataSource, type EntityManager } from 'typeorm';
import { PAYOUT_LINKS_DATA_SOURCE } from '../payout-links.module-definition.js';
import { PayoutLink } from './payout-link.entity.js';
import type { PayoutLinkStatus } from '../rules/payout-link.status.js';
import { PayoutLinkTransition } from './transition.entity.js';
import { prepared } from './prepared.js';
import { withoutParameters } from './without-parameters.js';

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

/**
 * Parts of `confirm`'s statement that keep books of another table: `, name AS (…)`, numbering its own parameters from
 * $1. One that takes locks reads `confirmed` (ids of links) first, so that all take them in one order.
 */
export interface BesideConfirm {
  ctes: string;
  parameters: readonly unknown[];
}

/** Every query on links that changes no state. */
@Injectable()
export class PayoutLinkRepository {
  constructor(@Inject(PAYOUT_LINKS_DATA_SOURCE) private readonly dataSource: DataSource) {}

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
  findChain(chainId: string): Promise<PayoutLink[]> {
    return this.dataSource.getRepository(PayoutLink).find({ where: { chainId }, order: { attempt: 'ASC' } });
  }

  /** When a link came to the status that it has: by the provider's clock where it says so, else when we saw it. */
  async enteredAt({ id, status }: Pick<PayoutLink, 'id' | 'status'>): Promise<Date | null> {
    const [row] = await this.dataSource.query<{ at: Date }[]>(
      `SELECT least(occurred_at, recorded_at) AS at FROM payout_link_transition
       WHERE payout_link_id = $1 AND to_status = $2 AND from_status IS DISTINCT FROM to_status
       ORDER BY seq DESC LIMIT 1`,
      [id, status],
    );
    return row?.at ?? null;
  }

  /** The database's clock. */
  async now(): Promise<Date> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
    return row!.now;
  }

  /** Newest first, after the position given; the creation time alone does not order, so the id breaks ties. */
  list(filter: ListFilter, limit: number, after?: ListPosition): Promise<PayoutLink[]> {
    const query = this.dataSource.getRepository(PayoutLink).createQueryBuilder('link');
    const { status, account, q, createdFrom, createdTo } = filter;
    if (status) query.andWhere('link.status = :status', { status });
    if (account) query.andWhere('link.account = :account', { account });
    if (createdFrom) query.andWhere('link.createdAt >= :createdFrom', { createdFrom });
    if (createdTo) query.andWhere('link.createdAt < :createdTo', { createdTo });
    if (q) {
      const part = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
      query.andWhere(
        new Brackets((either) =>
          either.where('link.externalId ILIKE :part', { part }).orWhere('link.email ILIKE :part', { part }),
        ),
      );
    }
    if (after) {
      query.andWhere('(link.createdAt, link.id) < (:afterCreatedAt, :afterId)', {
        afterCreatedAt: after.createdAt,
        afterId: after.id,
      });
    }
    return withoutParameters(
      query.orderBy('link.createdAt', 'DESC').addOrderBy('link.id', 'DESC').take(limit).getMany(),
    );
  }

  /** Oldest first. */
  history(payoutLinkId: string): Promise<PayoutLinkTransition[]> {
    return this.dataSource
      .getRepository(PayoutLinkTransition)
      .find({ where: { payoutLinkId }, order: { seq: 'ASC' } });
  }

  /** Keeps a running create's hold on its intent; false when somebody else has taken it over. */
  async renewLease(id: string, fence: number, seconds: number): Promise<boolean> {
    const [rows] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE payout_link SET lease_expires_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1 AND lease_fence = $2 AND status = 'CREATING' RETURNING id`,
      [id, fence, seconds],
    );
    return rows.length > 0;
  }

  /**
   * Takes over creates whose holder has not renewed its lease for a minute; several instances may ask at once.
   * @param id only this one
   */
  async takeOverIntents(
    accounts: readonly string[],
    limit: number,
    seconds: number,
    id: string | null = null,
  ): Promise<PayoutLink[]> {
    const [rows] = await this.dataSource.query<[Record<string, unknown>[], number]>(
      `UPDATE payout_link SET lease_fence = lease_fence + 1,
         lease_expires_at = clock_timestamp() + make_interval(secs => $2)
       WHERE id IN (
         SELECT id FROM payout_link
         WHERE status = 'CREATING' AND lease_expires_at < clock_timestamp() - interval '1 minute'
           AND ($3::uuid IS NULL OR id = $3) AND account = ANY ($4)
         ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [limit, seconds, id, accounts],
    );
    return rows.map((row) => hydrate(this.dataSource.manager, row));
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
    await prepared(
      this.dataSource,
      `WITH cut AS MATERIALIZED (
         SELECT pg_advisory_xact_lock_shared(hashtext('payout_link_cut'), hashtext(account))
         FROM (SELECT DISTINCT account FROM unnest(${$(3)}::text[]) AS account ORDER BY account) AS accounts),
       held AS MATERIALIZED (
         SELECT link.id, read.seconds FROM payout_link link
         JOIN unnest(${$(1)}::uuid[], ${$(2)}::int[], ${$(4)}::float8[]) AS read (id, version, seconds)
           ON read.id = link.id AND read.version = link.version
         WHERE (SELECT count(*) FROM cut) > 0
         ORDER BY link.id FOR UPDATE OF link),
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
  async takeDueForCheck(
    accounts: readonly string[],
    limit: number,
    holdSeconds: number,
  ): Promise<PayoutLink[]> {
    const [rows] = await this.dataSource.query<[Record<string, unknown>[], number]>(
      `UPDATE payout_link SET next_check_at = clock_timestamp() + make_interval(secs => $2)
       WHERE id IN (
         SELECT id FROM payout_link WHERE next_check_at <= clock_timestamp() AND account = ANY ($3)
         ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [limit, holdSeconds, accounts],
    );
    return rows.map((row) => hydrate(this.dataSource.manager, row));
  }

  /** Says when a link is looked at next, unless it has changed meanwhile, which makes it due at once. */
  async planCheck({ id, version }: PayoutLink, at: Date | null, checks: number): Promise<void> {
    await this.dataSource.query(
      'UPDATE payout_link SET next_check_at = $3, checks = $4 WHERE id = $1 AND version = $2',
      [id, version, at, checks],
    );
  }

  /** Remembers that a void of ours is on its way; taken back by `withdrawVoid` when the provider refuses it. */
  async markVoidRequested(id: string): Promise<void> {
    await this.dataSource.query(
      'UPDATE payout_link SET void_requested_at = clock_timestamp() WHERE id = $1',
      [id],
    );
  }

  async withdrawVoid(id: string): Promise<void> {
    await this.dataSource.query('UPDATE payout_link SET void_requested_at = NULL WHERE id = $1', [id]);
  }

  private async find(condition: string, values: readonly string[]): Promise<PayoutLink | null> {
    const [row] = await prepared<Record<string, unknown>>(
      this.dataSource,
      `SELECT * FROM payout_link WHERE ${condition} LIMIT 1`,
      values,
    );
    return row ? hydrate(this.dataSource.manager, row) : null;
  }
}

/** A raw row of `payout_link` as an entity, with the columns' own conversions. */
export function hydrate(manager: EntityManager, row: Record<string, unknown>): PayoutLink {
  const { driver } = manager.connection;
  const link = new PayoutLink();
  for (const column of manager.connection.getMetadata(PayoutLink).columns) {
    column.setEntityValue(link, driver.prepareHydratedValue(row[column.databaseName], column));
  }
  return link;
}

/** How long ago something was sent, as `performance.now()` told: the database takes it off its own clock. */
export function secondsSince(sentAt: number): number {
  return (performance.now() - sentAt) / 1_000;
}
