import { InvalidPayoutLinkError } from '../payout-links.errors.js';
import type { ListPosition } from './payout-link.repository.js';

/** A list position as an opaque string. */
export function encodeCursor({ createdAt, id }: ListPosition): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** @throws InvalidPayoutLinkError when the string is not one of our cursors */
export function decodeCursor(cursor: string): ListPosition {
  const match = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(cursor, 'base64url').toString('latin1'),
  );
  if (!match) {
    throw new InvalidPayoutLinkError([
      { field: 'cursor', message: 'cursor must be the nextCursor of the page before' },
    ]);
  }
  return { createdAt: new Date(Number(match[1])), id: match[2]! };
}
