import { BadRequestException } from '@nestjs/common';
import type { Position } from './slots.repository.js';

/** Slots on a page of the list. */
export const SLOTS_SHOWN = 50;

/** The query of the list. */
export interface ReportsQuery {
  account?: unknown;
  /** `<date>,<account>` of the last slot of the page before. */
  after?: unknown;
}

/** @throws BadRequestException */
export function positionOf({ account, after }: ReportsQuery): { account: string | null; after: Position | null } {
  if (account !== undefined && (typeof account !== 'string' || !/^[\w-]{0,64}$/.test(account)))
    throw new BadRequestException('account must be the name of an account');
  return { account: account === undefined || account === '' ? null : account, after: afterOf(after) };
}

function afterOf(after: unknown): Position | null {
  if (after === undefined) return null;
  const [, date, account] = (typeof after === 'string' && /^(\d{4}-\d\d-\d\d),([\w-]{1,64})$/.exec(after)) || [];
  if (date === undefined || account === undefined || Number.isNaN(Date.parse(date)))
    throw new BadRequestException('after must be a position in the list');
  return { date, account };
}

/** The address of the list. */
export function listAddress(account: string | null, after?: Position): string {
  const query = new URLSearchParams({
    ...(account !== null && { account }),
    ...(after && { after: `${after.date},${after.account}` }),
  }).toString();
  return query === '' ? '/reports' : `/reports?${query}`;
}
