import { CreateReconciliation1764000100000 } from './1764000100000-create-reconciliation.js';
import { DeliverReports1764000900000 } from './1764000900000-deliver-reports.js';
import { OpenSlots1764000700000 } from './1764000700000-open-slots.js';
import { RenameRateLimit1764000600000 } from './1764000600000-rename-rate-limit.js';

/** The reconciler's own migrations; they run after the library's. */
export const RECONCILER_MIGRATIONS = [
  CreateReconciliation1764000100000,
  RenameRateLimit1764000600000,
  OpenSlots1764000700000,
  DeliverReports1764000900000,
] as const;
