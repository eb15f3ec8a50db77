import 'reflect-metadata';
import { PAYOUT_LINKS_ENTITIES } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import { ReconciliationRun } from '../../../apps/reconciler/dist/slot/reconciliation-run.entity.js';

/** A connection to a database whose only run is the closed slot to report on. */
export function reconcilerDatabase(url: string): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...PAYOUT_LINKS_ENTITIES, ReconciliationRun],
  }).initialize();
}
