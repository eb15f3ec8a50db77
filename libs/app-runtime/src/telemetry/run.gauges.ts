import { metrics, type BatchObservableCallback, type ObservableGauge } from '@opentelemetry/api';
import type { DataSource } from 'typeorm';
import { readLastSlots, type LastSlot } from '../reconciliation/last-slots.js';

const MAX_AGE_MS = 10_000;

/** Each gauge with its value for an account's last finished slot. */
const GAUGES: readonly [name: string, description: string, valueOf: (slot: LastSlot) => number][] = [
  [
    'last_finished_timestamp_seconds',
    'When the last finished slot was finished',
    ({ finishedAt }) => finishedAt.getTime() / 1_000,
  ],
  [
    'coverage_ratio',
    'Share of its open links that had a usable response; 1 with none open',
    ({ coverage: { open, read } }) => (open === 0 ? 1 : read / open),
  ],
  ['failures', 'Failures to settle at its end', ({ failures }) => failures],
  ['balanced', '1 when its totals balance, else 0', ({ balanced }) => (balanced ? 1 : 0)],
  ['duration_seconds', 'Time from its begin to its end', ({ durationSeconds }) => durationSeconds],
];

/**
 * Gauges of each account's last finished slot, from the database, so that they survive a restart; none before there is
 * one, or while the database does not respond. One query at most every ten seconds.
 */
export function observeRuns(dataSource: DataSource, accounts: readonly string[]): void {
  const meter = metrics.getMeter('payout-links-programs');
  const gauges: ObservableGauge[] = GAUGES.map(([name, description]) =>
    meter.createObservableGauge(`payout_links_reconcile_${name}`, { description }),
  );
  let slots: Promise<LastSlot[]> | undefined;
  let readAt = -Infinity;
  const observe: BatchObservableCallback = async (result) => {
    if (performance.now() - readAt > MAX_AGE_MS) {
      readAt = performance.now();
      slots = readLastSlots(dataSource, accounts);
    }
    for (const slot of await slots!.catch(() => [])) {
      for (const [index, [, , valueOf]] of GAUGES.entries())
        result.observe(gauges[index]!, valueOf(slot), { account: slot.account });
    }
  };
  meter.addBatchObservableCallback(observe, gauges);
}
