import { Inject, Injectable } from '@nestjs/common';
import { metrics, type BatchObservableCallback, type ObservableGauge } from '@opentelemetry/api';
import { PayoutLinksDatabase } from '../database/payout-links.database.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { OPEN_STATUSES } from '../rules/payout-link.status.js';
import { GAUGES_SQL, type GaugeRow } from './gauges.sql.js';
import { SCOPE } from './spans.js';

const MAX_AGE_MS = 10_000;

const NONE = [{}];

/** The gauges with their labels besides `account`: all are always there, 0 where nothing is waiting. */
const GAUGES: readonly [name: string, description: string, labels: readonly Record<string, string>[]][] = [
  ['inbox_waiting', 'Webhook deliveries that wait to be processed', NONE],
  ['inbox_oldest_seconds', 'Age of the oldest of them', NONE],
  ['outbox_oldest_seconds', 'Age of the oldest task that waits for a handler', NONE],
  [
    'dead_letters',
    'Deliveries and tasks that failed at every attempt',
    [{ queue: 'inbox' }, { queue: 'outbox' }],
  ],
  ['links', 'Open payout links', OPEN_STATUSES.map((status) => ({ status }))],
  ['unconfirmed_oldest_seconds', 'Age of the oldest UNCONFIRMED payout link', NONE],
];

/** Gauges of what is in the database: one query at most every ten seconds, when they are collected. */
@Injectable()
export class Gauges {
  private readonly meter = metrics.getMeter(SCOPE);
  private readonly gauges = new Map<string, ObservableGauge>();
  private rows: Promise<GaugeRow[]> | undefined;
  private readAt = -Infinity;

  constructor(
    private readonly database: PayoutLinksDatabase,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  start(): void {
    for (const [name, description] of GAUGES)
      this.gauges.set(name, this.meter.createObservableGauge(`payout_links_${name}`, { description }));
    this.meter.addBatchObservableCallback(this.observe, [...this.gauges.values()]);
  }

  stop(): void {
    this.meter.removeBatchObservableCallback(this.observe, [...this.gauges.values()]);
  }

  /** Observes nothing while the database does not respond. */
  private readonly observe: BatchObservableCallback = async (result) => {
    const rows = await this.read().catch(() => null);
    if (!rows) return;
    for (const account of this.options.accounts.keys()) {
      for (const [name, , labels] of GAUGES) {
        for (const label of labels) {
          const [value] = Object.values(label);
          const row = rows.find(
            (one) => one.gauge === name && one.account === account && one.label === (value ?? null),
          );
          result.observe(this.gauges.get(name)!, row?.value ?? 0, { account, ...label });
        }
      }
    }
  };

  private read(): Promise<GaugeRow[]> {
    const now = performance.now();
    if (!this.rows || now - this.readAt > MAX_AGE_MS) {
      this.readAt = now;
      this.rows = this.database.query<GaugeRow>(GAUGES_SQL, []);
      // The next scrape tries again.
      this.rows.catch(() => (this.readAt = -Infinity));
    }
    return this.rows;
  }
}
