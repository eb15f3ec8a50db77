import { Inject, Injectable } from '@nestjs/common';
import { hasTable, type Coverage } from 'app-runtime';
import { DataSource } from 'typeorm';
import { DEMO_OPTIONS, type DemoOptions } from '../demo.options.js';

/** A line of a slot's roll-forwards; the amount is a decimal string in whole units. */
export interface Line {
  count: number;
  amount: string;
}

/** A slot, as the reconciler stored it. */
export interface Slot {
  account: string;
  date: string;
  timezone: string;
  /** Null while a run is under way. */
  outcome: SlotOutcome | null;
  /** Of its deliveries to targets, the newest first. */
  deliveries: SlotDelivery[];
}

/** What a finished slot came to. */
export interface SlotOutcome {
  /** Its date was not over. */
  provisional: boolean;
  sealed: boolean;
  /** ISO 8601. */
  asOf: string;
  balanced: boolean;
  discrepancies: number;
  transitions: number;
  coverage: Coverage;
  /** The lines of the roll-forwards by currency and name. */
  lines: Record<string, Partial<Record<string, Line>>>;
  balance: string | null;
}

/** A delivery of a slot's report. */
export interface SlotDelivery {
  target: string;
  event: 'SEALED' | 'OPEN' | 'FAILED';
  state: 'WAITING' | 'DELIVERED';
  attempts: number;
  error: string | null;
  createdAt: string;
  deliveredAt: string | null;
}

/** The neighbours of a slot of the same account. */
export interface Neighbours {
  previous: string | null;
  next: string | null;
}

/** A position in the list. */
export interface Position {
  date: string;
  account: string;
}

/** Where a page of the list begins: after a slot, or, towards newer ones, before it. */
export interface ListPosition {
  after?: Position;
  before?: Position;
}

/** A page of the list. */
export interface SlotList {
  slots: Slot[];
  hasNewer: boolean;
  hasOlder: boolean;
}

const DELIVERIES = `(
  SELECT coalesce(json_agg(json_build_object('target', target, 'event', event, 'state', state, 'attempts', attempts,
    'error', last_error, 'createdAt', created_at, 'deliveredAt', delivered_at) ORDER BY id DESC), '[]')
  FROM payout_link_report_delivery delivery
  WHERE delivery.account = run.account AND delivery.business_date = run.business_date)`;

const slots = (condition: string) => `
  SELECT account, business_date::text AS date, timezone, ${DELIVERIES} AS deliveries,
    CASE status WHEN 'FINISHED' THEN json_build_object('provisional', provisional, 'sealed', sealed, 'asOf', as_of,
      'balanced', result->'footed', 'discrepancies', result->'discrepancies', 'transitions', result->'transitions',
      'coverage', result->'coverage', 'lines', roll_forward, 'balance', balance::text) END AS outcome
  FROM payout_link_reconciliation_run run
  WHERE ${condition}`;

const ofAccount = '($1::text IS NULL OR account = $1)';
const OLDER = `${slots(`${ofAccount} AND ($2::date IS NULL OR (business_date, account) < ($2::date, $3::text))`)}
  ORDER BY business_date DESC, account DESC LIMIT $4`;
const NEWER = `${slots(`${ofAccount} AND (business_date, account) > ($2::date, $3::text)`)}
  ORDER BY business_date, account LIMIT $4`;

const ONE = slots('account = $1 AND business_date = $2::date');

const NEIGHBOURS = `
  SELECT max(business_date) FILTER (WHERE business_date < $2::date)::text AS previous,
    min(business_date) FILTER (WHERE business_date > $2::date)::text AS next
  FROM payout_link_reconciliation_run WHERE account = $1`;

/** The slots that were begun; none in a database that no reconciler of this version has used. */
@Injectable()
export class SlotsRepository {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(DEMO_OPTIONS) private readonly options: DemoOptions,
  ) {}

  /** A page of the list, newest first; by default the first one. */
  async list(account: string | null, { after, before }: ListPosition, size: number): Promise<SlotList> {
    if (!(await this.hasSlots())) return { slots: [], hasNewer: false, hasOlder: false };
    if (before) {
      const newer = await this.query(NEWER, account, before, size + 1);
      if (newer.length > size) return { slots: newer.slice(0, size).toReversed(), hasNewer: true, hasOlder: true };
    }
    const older = await this.query(OLDER, account, after, size + 1);
    return { slots: older.slice(0, size), hasNewer: after !== undefined, hasOlder: older.length > size };
  }

  async find(account: string, date: string): Promise<Slot | null> {
    if (!(await this.hasSlots())) return null;
    const [slot] = await this.dataSource.query<Slot[]>(ONE, [account, date]);
    return slot ? this.withoutRemovedTargets(slot) : null;
  }

  async neighbours({ account, date }: Position): Promise<Neighbours> {
    const [row] = await this.dataSource.query<Neighbours[]>(NEIGHBOURS, [account, date]);
    return row!;
  }

  /** Fails like every request while the database is unavailable: files alone would say nothing about their state. */
  async requireDatabase(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }

  private async query(
    sql: string,
    account: string | null,
    from: Position | undefined,
    limit: number,
  ): Promise<Slot[]> {
    const parameters = [account, from?.date ?? null, from?.account ?? null, limit];
    const found = await this.dataSource.query<Slot[]>(sql, parameters);
    return found.map((slot) => this.withoutRemovedTargets(slot));
  }

  /** Deliveries to targets that were removed from the settings do not count; without settings here, all do. */
  private withoutRemovedTargets(slot: Slot): Slot {
    const { targets } = this.options;
    if (targets.length === 0) return slot;
    return { ...slot, deliveries: slot.deliveries.filter(({ target }) => targets.includes(target)) };
  }

  /** The youngest of the reconciler's tables that is needed. */
  private hasSlots(): Promise<boolean> {
    return hasTable(this.dataSource, 'payout_link_report_delivery');
  }
}
