import { createHash } from 'node:crypto';

/** The caller: labels that do not reveal the key. */
export interface Caller {
  /** Of the key, by which requests are counted. */
  key: string;
  /** Of the account: the key's own, or its sub-account in `for-user-id`. */
  account: string;
}

/** The label of a key's own account. */
export function accountOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/**
 * The caller of an `Authorization` header. Undefined for anything but Basic with an `xnd_…` key as user and an
 * empty password.
 */
export function callerOf(
  authorization: string | undefined,
  forUserId: string | undefined,
): Caller | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  const [, key] = /^(xnd_[^:]+):$/.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (!key) return undefined;
  const label = accountOf(key);
  return { key: label, account: forUserId ? `${label}/${forUserId}` : label };
}
