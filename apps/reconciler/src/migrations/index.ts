import { CreateReconciliation1764000100000 } from './1764000100000-create-reconciliation.js';
import { RenameRateLimit1764000600000 } from './1764000600000-rename-rate-limit.js';

/** The reconciler's own migrations; they run after the library's. */
export const RECONCILER_MIGRATIONS = [
  CreateReconciliation1764000100000,
  RenameRateLimit1764000600000,
] as const;
