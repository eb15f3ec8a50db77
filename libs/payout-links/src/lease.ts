/**
 * Seconds for which a process owns a create, a webhook delivery or a handler's task without renewing. What a killed
 * process held is resumed after that, so well within a minute.
 */
export const LEASE_SECONDS = 30;

const RENEW_EVERY_MS = (LEASE_SECONDS * 1_000) / 3;

/**
 * Renews a lease while the work is under way. A renewal that fails lets the lease expire; the fence then keeps this
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
