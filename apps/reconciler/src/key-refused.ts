import { AuthenticationError, PermissionError } from 'nestjs-payout-links';

/** Whether the provider refused the account's key: that says nothing about one payout, and every other call fails too. */
export function isKeyRefused(error: unknown): boolean {
  return error instanceof AuthenticationError || error instanceof PermissionError;
}
