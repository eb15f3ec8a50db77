import { CreateReconciliation1764000100000 } from './1764000100000-create-reconciliation.js';

/** The reconciler's own migrations; they come after the library's. */
export const RECONCILER_MIGRATIONS = [CreateReconciliation1764000100000] as const;
