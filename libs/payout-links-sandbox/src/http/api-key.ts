import { createHash } from 'node:crypto';

/** Who calls: labels that do not give the key away. */
export interface Caller {
  /** Of the key, for which requests are counted. */
  key: string;
  /** Of the account: the key's own, or the one below it that `for-user-id` names. */
  account: string;
}

/**
 * Who an `Authorization` header stands for.
 * Undefined for anything but Basic with an `xnd_…` key as user and an empty password.
 */
export function callerOf(
  authorization: string | undefined,
  forUserId: string | undefined,
): Caller | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  const [, key] = /^(xnd_[^:]+):$/.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (!key) return undefined;
  const label = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return { key: label, account: forUserId ? `${label}/${forUserId}` : label };
}
