import { createHash } from 'node:crypto';

/**
 * The account that an `Authorization` header stands for: a label that does not give the key away.
 * Undefined for anything but Basic with an `xnd_…` key as user and an empty password.
 */
export function accountOf(
  authorization: string | undefined,
  forUserId: string | undefined,
): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  const [, key] = /^(xnd_[^:]+):$/.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (!key) return undefined;
  const label = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return forUserId ? `${label}/${forUserId}` : label;
}
