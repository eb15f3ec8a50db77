import { BadRequestException } from '@nestjs/common';
import type { ListPosition, Position } from './slots.repository.js';

/** Slots on a page of the list. */
export const SLOTS_SHOWN = 50;

/** The query of the list; positions are `<date>,<account>` of a slot. */
export interface ReportsQuery {
  account?: unknown;
  after?: unknown;
  before?: unknown;
}

/** @throws BadRequestException */
export function readQuery({ account, after, before }: ReportsQuery): {
  account: string | null;
  position: ListPosition;
} {
  if (account !== undefined && (typeof account !== 'string' || !/^[\w-]{0,64}$/.test(account)))
    throw new BadRequestException('account must be the name of an account');
  const position = { after: positionOf('after', after), before: positionOf('before', before) };
  return { account: account === undefined || account === '' ? null : account, position };
}

function positionOf(name: string, value: unknown): Position | undefined {
  if (value === undefined) return undefined;
  const [, date, account] = (typeof value === 'string' && /^(\d{4}-\d\d-\d\d),([\w-]{1,64})$/.exec(value)) || [];
  if (date === undefined || account === undefined || !isCalendarDate(date))
    throw new BadRequestException(`${name} must be a position in the list`);
  return { date, account };
}

/** Whether a text is a day of the calendar, so that the database takes it. */
export function isCalendarDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  // PostgreSQL knows no year 0.
  return !text.startsWith('0000') && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The address of a page of the list. */
export function listAddress(account: string | null, { after, before }: ListPosition = {}): string {
  const text = ({ date, account: name }: Position) => `${date},${name}`;
  const query = new URLSearchParams({
    ...(account !== null && { account }),
    ...(after && { after: text(after) }),
    ...(before && { before: text(before) }),
  }).toString();
  return query === '' ? '/reports' : `/reports?${query}`;
}
