import {
  adviseOnFailure,
  FAILED_STATUSES,
  type AdviceLanguage,
  type PayoutLink,
  type PayoutLinkPage,
  type PayoutLinkReissuePlan,
  type PayoutLinkTransition,
} from 'nestjs-payout-links';
import type {
  AdviceResponse,
  HistoryResponse,
  PayoutLinkResponse,
  PayoutLinkPageResponse,
} from './payout-link.response.js';

const FAILED: readonly string[] = FAILED_STATUSES;

/** The automatic reissues that are planned, by link id. */
export type Plans = ReadonlyMap<string, Pick<PayoutLinkReissuePlan, 'dueAt'>>;

/** A link for callers: every key is present, null where nothing is known. */
export function viewOf(link: PayoutLink, language: AdviceLanguage, plans: Plans): PayoutLinkResponse {
  return {
    id: link.id,
    externalId: link.externalId,
    account: link.account,
    providerId: link.providerId,
    // Exact: an amount is at most 2^53 - 1.
    amount: Number(link.amount),
    currency: link.currency,
    email: link.email,
    status: link.status,
    providerStatus: link.providerStatus,
    failureCode: link.failureCode,
    advice: adviceOn(link, language, plans.get(link.id)?.dueAt),
    payoutUrl: link.payoutUrl,
    expiresAt: link.expiresAt?.toISOString() ?? null,
    createdAt: link.createdAt.toISOString(),
    updatedAt: link.updatedAt.toISOString(),
    reissueOf: link.reissueOf,
  };
}

export function viewOfPage(
  { items, nextCursor }: PayoutLinkPage,
  language: AdviceLanguage,
  plans: Plans,
): PayoutLinkPageResponse {
  return { items: items.map((link) => viewOf(link, language, plans)), nextCursor };
}

/** Oldest first; the first change has no previous status. */
export function viewOfHistory(transitions: readonly PayoutLinkTransition[]): HistoryResponse {
  return {
    items: transitions.map(({ from, to, source, recordedAt, raw }) => ({
      from,
      to,
      source,
      seenAt: recordedAt.toISOString(),
      raw: raw ?? null,
    })),
  };
}

/**
 * What to do about a link that failed, expired, was rejected or reversed; null for all others.
 * @param automaticAt when it is sent again without a person
 */
export function adviceOn(
  { status, failureCode, statusAt }: Pick<PayoutLink, 'status' | 'failureCode' | 'statusAt'>,
  language: AdviceLanguage,
  automaticAt?: Date,
): AdviceResponse | null {
  if (!FAILED.includes(status)) return null;
  const { retry, owner, notBefore, text } = adviseOnFailure(
    { code: failureCode, atCreate: status === 'REJECTED', failedAt: statusAt },
    { language },
  );
  return {
    retry,
    owner,
    notBefore: notBefore?.toISOString() ?? null,
    automaticAt: automaticAt?.toISOString() ?? null,
    text,
  };
}
