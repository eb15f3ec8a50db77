import type { MigrationInterface } from 'typeorm';
import { CreatePayoutLinks1764000000000 } from './1764000000000-create-payout-links.js';
import { IndexPaidLinks1764000200000 } from './1764000200000-index-paid-links.js';
import { FenceLeases1764000300000 } from './1764000300000-fence-leases.js';
import { RememberLastSend1764000400000 } from './1764000400000-remember-last-send.js';
import { StandardNames1764000500000 } from './1764000500000-standard-names.js';
import { ObserveQueues1764000800000 } from './1764000800000-observe-queues.js';
import { ImportAndPlan1764001000000 } from './1764001000000-import-and-plan.js';
import { IndexSearch1764001100000 } from './1764001100000-index-search.js';
import { RetainAndRedact1764001200000 } from './1764001200000-retain-and-redact.js';

/** Spread into the `migrations` of the host's DataSource; the library never migrates by itself. */
export const PAYOUT_LINKS_MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  CreatePayoutLinks1764000000000,
  IndexPaidLinks1764000200000,
  FenceLeases1764000300000,
  RememberLastSend1764000400000,
  StandardNames1764000500000,
  ObserveQueues1764000800000,
  ImportAndPlan1764001000000,
  IndexSearch1764001100000,
  RetainAndRedact1764001200000,
];
