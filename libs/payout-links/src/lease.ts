/**
 * Seconds for which a process owns a create, a webhook delivery or a handler's task without renewing. Work of a
 * killed process is resumed after that, well within a minute.
 */
export const LEASE_SECONDS = 30;

const RENEW_EVERY_MS = (LEASE_SECONDS * 1_000) / 3;

/**
 * Renews a lease while the work is in progress. If a renewal fails, the lease expires and the fence keeps this
 * process from writing the outcome.
 */
export async function underLease<T>(renew: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const renewal = setInterval(() => {
    renew().catch(() => undefined);
  }, RENEW_EVERY_MS);
  renewal.unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
  }
}
