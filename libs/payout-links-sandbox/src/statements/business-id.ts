import { createHash } from 'node:crypto';

/** The provider's id of a merchant, which it puts into what it sends. */
export function businessId(account: string): string {
  return createHash('sha256').update(account).digest('hex').slice(0, 24);
}
