/**
 * First key of the advisory lock on an account's cutoff; the second one is the account. Held shared by every recording
 * and exclusively while a slot closes, so nothing stamped earlier can commit later.
 */
export const CUTOFF_LOCK = 'payout_link_cutoff';

/**
 * @internal For the first CTE of a statement that a caller waits for: gives up after a while on a row that the caller's own open
 * transaction has locked, because PostgreSQL cannot detect that deadlock. Local to the transaction, so it works behind
 * poolers.
 */
export const LOCK_TIMEOUT = "set_config('lock_timeout', '30s', true)";

/** @internal The CTE `shared`: takes the cutoff lock of `:account` in shared mode. */
export const SHARED_CUTOFF = `shared AS MATERIALIZED (
  SELECT ${LOCK_TIMEOUT}, pg_advisory_xact_lock_shared(hashtext('${CUTOFF_LOCK}'), hashtext(:account)))`;
