import { FAILED_STATUSES, ProviderError, type PayoutLink, type PayoutLinksError } from 'nestjs-payout-links';
import type { Columns } from '../report/csv.js';
import type { KnownLink } from './bulk.repository.js';
import type { Payout } from './payout-file.js';

/** The result of one row, as the result file prints it. */
export interface CreateResult extends Pick<Payout, 'externalId' | 'amount' | 'email'> {
  result:
    | 'CREATED'
    /** It was there before. */
    | 'EXISTED'
    /** Unknown whether the provider made it. */
    | 'UNCONFIRMED'
    | 'REJECTED'
    /** It was not sent. */
    | 'NOT_DONE';
  status: string | null;
  providerId: string | null;
  payoutUrl: string | null;
  errorCode: string | null;
  message: string;
}

export const CREATE_COLUMNS: Columns<CreateResult> = [
  ['external_id', (row) => row.externalId],
  ['amount', (row) => row.amount],
  ['email', (row) => row.email],
  ['result', (row) => row.result],
  ['status', (row) => row.status],
  ['provider_id', (row) => row.providerId],
  ['payout_url', (row) => row.payoutUrl],
  ['error_code', (row) => row.errorCode],
  ['message', (row) => row.message],
];

type Link = Pick<PayoutLink | KnownLink, 'status' | 'providerId' | 'payoutUrl' | 'failureCode'>;

/** Whether a row of the file is still to be sent: only a create that has no outcome, or was refused, is sent again. */
export function isToBeSent(known: Pick<KnownLink, 'status'> | undefined): boolean {
  return known === undefined || ['CREATING', 'UNCONFIRMED', 'REJECTED'].includes(known.status);
}

/** The result of a row that has a link. @param before the link as it was before this run */
export function resultOfLink(
  payout: Payout,
  link: Link,
  before: Pick<KnownLink, 'status'> | undefined,
): CreateResult {
  if (link.status === 'UNCONFIRMED' || link.status === 'CREATING') {
    const message =
      'unknown whether the provider made it: give the same file again; if it stays so, search for it in the provider’s ' +
      'dashboard and import its id. Never pay it under another external id';
    return { ...valuesOf(payout), ...detailsOf(link), result: 'UNCONFIRMED', message };
  }
  const existed = before !== undefined && before.status !== 'REJECTED';
  return {
    ...valuesOf(payout),
    ...detailsOf(link),
    result: existed ? 'EXISTED' : 'CREATED',
    message: messageOf(link),
  };
}

/** A link that has failed since is in the reports, with what to do. */
function messageOf({ status }: Link): string {
  const failed: readonly string[] = [...FAILED_STATUSES, 'VOIDED'];
  return failed.includes(status) ? `the payout link is ${status}: the reports say what to do` : '';
}

/** The result of a row that was refused. @param link as it is stored now */
export function resultOfError(payout: Payout, error: PayoutLinksError, link: Link | undefined): CreateResult {
  const details = detailsOf(link);
  const errorCode =
    details.errorCode ?? (error instanceof ProviderError ? error.errorCode : undefined) ?? error.code;
  return { ...valuesOf(payout), ...details, result: 'REJECTED', errorCode, message: error.message };
}

/** The result of a row that was not sent. @param link as it is stored */
export function notDone(payout: Payout, link: Link | undefined): CreateResult {
  const message = 'not sent: give the same file again';
  return { ...valuesOf(payout), ...detailsOf(link), result: 'NOT_DONE', message };
}

function valuesOf({ externalId, amount, email }: Payout) {
  return { externalId, amount, email };
}

function detailsOf(link: Link | undefined) {
  return {
    status: link?.status ?? null,
    providerId: link?.providerId ?? null,
    payoutUrl: link?.payoutUrl ?? null,
    errorCode: link?.failureCode ?? null,
  };
}
