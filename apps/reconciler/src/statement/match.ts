import type { PayoutLinkStatus } from 'nestjs-payout-links';
import type { StatementKind } from './statement-line.js';

/** The result of comparing a payment with a link; in the order of `matches.csv`. */
export const MATCH_RESULTS = [
  'DUPLICATE_IN_STATEMENT',
  'ONLY_IN_STATEMENT',
  'AMOUNT_DIFFERS',
  'STATUS_DIFFERS',
  'ONLY_IN_BOOKS',
  'TIMING',
  'MATCHED',
] as const;
export type MatchResult = (typeof MATCH_RESULTS)[number];

/** Results that someone has to act on. */
export const FINDINGS: readonly MatchResult[] = MATCH_RESULTS.filter(
  (result) => result !== 'TIMING' && result !== 'MATCHED',
);

/** Why a row is only a matter of timing. */
export type TimingReason = 'CHANGED_LATER' | 'RETURNED_LATER' | 'OTHER_PERIOD' | 'NEXT_PERIOD';

/** A payment of a statement. */
export interface StatementPayment {
  /** Of the match, in the order of the files. */
  id: number;
  transactionId: string;
  productId: string;
  reference: string;
  amount: bigint;
  /** What left the balance in the files; below 0 when more came back. */
  worth: bigint;
  status: string;
  /** False where the files only hold money that came back. */
  hasDebit: boolean;
  createdAt: Date;
  /** Decimal strings. */
  fee: string;
  vat: string;
  channel: string;
  channelReference: string;
}

/** A link as our database has it. */
export interface BookedLink {
  id: string;
  externalId: string;
  providerId: string | null;
  disbursementId: string | null;
  email: string;
  amount: bigint;
  status: PayoutLinkStatus;
  statusAt: Date;
  /** By when transitions took effect; null before its first one. */
  statusAtEnd: PayoutLinkStatus | null;
  /** When it was claimed, else when it first was seen to be; null when it never was. */
  claimedAt: Date | null;
  /** The provider said when it was claimed. */
  isClaimTimeGiven: boolean;
  paidAt: Date | null;
}

/** What is matched. */
export interface MatchPeriod {
  kind: StatementKind;
  from: Date;
  /** Exclusive. */
  to: Date;
  /** How far from an edge of the period a payment may be missing. */
  edgeMs: number;
  /** The statements of this and other periods reach a day further at each end. */
  hasMargin: boolean;
}

/** A row of `matches.csv`. */
export interface Match {
  result: MatchResult;
  timing: TimingReason | null;
  payment: StatementPayment | null;
  link: BookedLink | null;
  /** The link's first payment, or the link itself: a further payment does not repeat what our database says. */
  isOwn: boolean;
  statementWorth: bigint;
  bookWorth: bigint;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHORTEST_MONTH_MS = 28 * DAY_MS;

/** Statuses in which a claimed link has a payment. */
export const EXPECTED: readonly PayoutLinkStatus[] = ['SUCCEEDED', 'REVERSED', 'REQUESTED'];

/** The statuses of ours that go with the provider's. */
const AGREEING: Readonly<Record<string, readonly PayoutLinkStatus[]>> = {
  SUCCESS: ['SUCCEEDED'],
  PENDING: ['PENDING', 'REQUESTED'],
  FAILED: ['FAILED'],
  VOIDED: ['VOIDED', 'EXPIRED'],
  REVERSED: ['REVERSED'],
};
const NOT_CLAIMED: readonly PayoutLinkStatus[] = ['CREATING', 'UNCONFIRMED', 'PENDING', 'UNKNOWN'];
const DEBITED: readonly PayoutLinkStatus[] = ['SUCCEEDED', 'REQUESTED'];

/** Whether a payment without a link is money that our database does not know; others are summed only. */
export function isUnknownMoney(kind: StatementKind, { status, hasDebit }: StatementPayment): boolean {
  return kind === 'balance' ? hasDebit : ['SUCCESS', 'PENDING', 'REVERSED'].includes(status);
}

/** A payment that belongs to no link. */
export function matchUnknown(payment: StatementPayment): Match {
  return {
    result: 'ONLY_IN_STATEMENT',
    timing: null,
    payment,
    link: null,
    isOwn: true,
    statementWorth: payment.worth,
    bookWorth: 0n,
  };
}

/** Whether a time is within the period. */
export function isWithin({ from, to }: Pick<MatchPeriod, 'from' | 'to'>, at: Date): boolean {
  return at >= from && at < to;
}

/**
 * Compares a link with the payments that belong to it. Payments created outside the period only count when the link
 * was claimed within it: those of an adjoining period are found by that period's match.
 * @param payments oldest first
 */
export function matchLink(
  link: BookedLink,
  payments: readonly StatementPayment[],
  period: MatchPeriod,
): Match[] {
  const isOfPeriod = link.claimedAt !== null && isWithin(period, link.claimedAt);
  const counting = payments.filter(({ createdAt }) => isOfPeriod || isWithin(period, createdAt));
  const bookWorth = isOfPeriod && link.status === 'SUCCEEDED' ? link.amount : 0n;
  if (counting.length === 0) return isOfPeriod ? withoutPayment(link, bookWorth, period) : [];

  const own = ownPayment(link, counting, period);
  return counting.map((payment) =>
    payment === own
      ? {
          ...compare(link, payment, period),
          payment,
          link,
          isOwn: true,
          statementWorth: payment.worth,
          bookWorth,
        }
      : {
          ...further(link, payment, period),
          payment,
          link,
          isOwn: false,
          statementWorth: payment.worth,
          bookWorth: 0n,
        },
  );
}

/** Links never claimed, and failed ones, are not expected in a statement. */
function withoutPayment(link: BookedLink, bookWorth: bigint, period: MatchPeriod): Match[] {
  if (!EXPECTED.includes(link.status)) return [];
  const outcome: Pick<Match, 'result' | 'timing'> = isNearEdge(link, period)
    ? { result: 'TIMING', timing: 'NEXT_PERIOD' }
    : { result: 'ONLY_IN_BOOKS', timing: null };
  return [{ ...outcome, payment: null, link, isOwn: true, statementWorth: 0n, bookWorth }];
}

function isNearEdge(link: BookedLink, period: MatchPeriod): boolean {
  if (link.claimedAt === null) return false;
  const at = link.claimedAt.getTime();
  const reach = edgeOf(link, period);
  return at - period.from.getTime() <= reach || period.to.getTime() - at <= reach;
}

/** Without a claim time of the provider's, the claim may have been up to a day earlier than we saw it. */
function edgeOf({ isClaimTimeGiven }: BookedLink, { edgeMs }: MatchPeriod): number {
  return isClaimTimeGiven ? edgeMs : Math.max(edgeMs, DAY_MS);
}

/**
 * The status at the period's end. A claim that we only saw by its outcome counts from when it was made; one just
 * after the period's end may be before it by the clock that created the payment.
 */
function statusAtEnd(link: BookedLink, period: MatchPeriod): PayoutLinkStatus | null {
  const { claimedAt, statusAtEnd: recorded, status } = link;
  if (recorded === status) return recorded;
  const isClaimed = claimedAt !== null && claimedAt.getTime() < period.to.getTime() + edgeOf(link, period);
  return isClaimed && (recorded === null || NOT_CLAIMED.includes(recorded)) ? 'REQUESTED' : recorded;
}

/** The first payment that moved money, else the last created one. */
function ownPayment(
  link: BookedLink,
  counting: readonly StatementPayment[],
  period: MatchPeriod,
): StatementPayment | undefined {
  const isTooLate = (payment: StatementPayment) => isPaidAgainLater(link, payment, period);
  const movedMoney = counting.find((payment) => payment.worth > 0n && !isTooLate(payment));
  return movedMoney ?? counting.findLast((payment) => !isTooLate(payment));
}

/**
 * Whether a link that was paid in an earlier period is paid again by this payment: one that is created after the
 * link had succeeded is not its first one, which may be older than the files.
 */
function isPaidAgainLater(link: BookedLink, payment: StatementPayment, period: MatchPeriod): boolean {
  const { claimedAt, paidAt, disbursementId, providerId } = link;
  const { worth, productId, createdAt } = payment;
  return (
    worth > 0n &&
    claimedAt !== null &&
    claimedAt < period.from &&
    paidAt !== null &&
    paidAt < createdAt &&
    productId !== disbursementId &&
    productId !== providerId &&
    !isFoundByPreviousMatch(link, payment, period)
  );
}

/** Whether the match of the period before has the link, and a statement that reaches as far as the payment. */
function isFoundByPreviousMatch(
  { claimedAt }: BookedLink,
  { createdAt }: StatementPayment,
  { from, to, hasMargin }: MatchPeriod,
): boolean {
  const length = to.getTime() - from.getTime();
  // Months differ by up to three days: a payment made twice is better reported twice than never.
  const shortest = length >= SHORTEST_MONTH_MS ? length - 3 * DAY_MS : length;
  return (
    hasMargin &&
    claimedAt !== null &&
    claimedAt < from &&
    claimedAt.getTime() >= from.getTime() - shortest &&
    createdAt.getTime() < from.getTime() + DAY_MS
  );
}

function compare(
  link: BookedLink,
  payment: StatementPayment,
  period: MatchPeriod,
): Pick<Match, 'result' | 'timing'> {
  if (payment.amount !== link.amount) return { result: 'AMOUNT_DIFFERS', timing: null };
  const isOfPeriod = link.claimedAt === null || isWithin(period, link.claimedAt);
  const agree = doAgree(period.kind, payment, link.amount, link.status);
  if (agree) return isOfPeriod ? MATCHED : { result: 'TIMING', timing: 'OTHER_PERIOD' };
  const atEnd = statusAtEnd(link, period);
  if (atEnd !== null && doAgree(period.kind, payment, link.amount, atEnd))
    return { result: 'TIMING', timing: 'CHANGED_LATER' };
  if (!payment.hasDebit && ['FAILED', 'REVERSED'].includes(link.status))
    return { result: 'TIMING', timing: 'RETURNED_LATER' };
  return { result: 'STATUS_DIFFERS', timing: null };
}

const MATCHED = { result: 'MATCHED', timing: null } as const;

function doAgree(
  kind: StatementKind,
  { status, worth }: StatementPayment,
  amount: bigint,
  ours: PayoutLinkStatus,
): boolean {
  if (kind === 'transactions') return AGREEING[status]?.includes(ours) ?? false;
  if (worth === amount) return DEBITED.includes(ours);
  return worth === 0n && !DEBITED.includes(ours);
}

/** A payment beside the link's own one. */
function further(
  link: BookedLink,
  payment: StatementPayment,
  period: MatchPeriod,
): Pick<Match, 'result' | 'timing'> {
  if (payment.worth === 0n) return MATCHED;
  // The money of a second payment came back, which an earlier match has shown.
  if (payment.worth < 0n) return { result: 'TIMING', timing: 'RETURNED_LATER' };
  if (isFoundByPreviousMatch(link, payment, period)) return { result: 'TIMING', timing: 'OTHER_PERIOD' };
  return { result: 'DUPLICATE_IN_STATEMENT', timing: null };
}
