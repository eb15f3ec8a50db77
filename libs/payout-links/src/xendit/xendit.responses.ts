import { EXPIRED_UNCLAIMED, REVERSED_BY_BANK } from '../failures/catalogue.js';
import type { ProviderLink } from '../rules/observation.js';
import { isTooDeep } from '../rules/json.js';
import { maskEmails } from '../rules/mask-email.js';
import { statusOfProviderWord, type PayoutLinkStatus } from '../rules/payout-link.status.js';
import type { FieldError, ProviderRefusal } from '../payout-links.errors.js';
import { idText, MAX_ID, PROVIDER_ID, text } from '../rules/texts.js';
import type { BalanceResponse, NoContent, ProviderResponse, RateLimit } from './provider-response.js';

/** A raw HTTP response. */
export interface HttpResponse {
  status: number;
  /** Header names in lower case. */
  headers: Readonly<Record<string, unknown>>;
  body: string;
}

/** The headers that parsing reads. */
export const READ_HEADERS = ['request-id', 'rate-limit-limit', 'rate-limit-remaining', 'rate-limit-reset'];

/**
 * Parses any HTTP response about a payout link; never throws. See
 * https://docs.xendit.co/integration-payout-links#error-handling
 */
export function parseResponse(response: HttpResponse): ProviderResponse {
  return parse(response, 'payout link', (body, raw, rateLimit) => {
    const link = parseProviderLink(body);
    return link && { kind: 'link', link, raw, rateLimit };
  });
}

/** Parses the response to `GET /balance`; never throws. Parts of a rupiah are dropped, downward. */
export function parseBalance(response: HttpResponse): BalanceResponse {
  return parse(response, 'balance', ({ balance }) =>
    typeof balance === 'number' && Number.isSafeInteger(Math.floor(balance))
      ? { kind: 'balance', available: BigInt(Math.floor(balance)) }
      : undefined,
  );
}

function parse<Content>(
  response: HttpResponse,
  what: string,
  contentOf: (
    body: Readonly<Record<string, unknown>>,
    raw: unknown,
    rateLimit: RateLimit,
  ) => Content | undefined,
): Content | NoContent {
  const { status } = response;
  const body = parseJson(response.body);
  const raw = body ?? response.body.slice(0, RAW_TEXT_LIMIT);
  const rateLimit = parseRateLimit(response.headers);
  const errorBody = isRecord(body) ? parseErrorBody(body) : undefined;
  const refusal = {
    ...errorBody?.refusal,
    httpStatus: status,
    requestId: text(response.headers['request-id']) ?? undefined,
  };

  if (status === 429) {
    return { kind: 'rate-limited', retryAfterMs: resetMsOf(response.headers), refusal, raw, rateLimit };
  }
  if (status >= 400 && status < 500 && status !== 408 && errorBody) {
    return { kind: 'refused', refusal, message: errorBody.message, raw, rateLimit };
  }
  if (status >= 200 && status < 300) {
    const content = isRecord(body) ? contentOf(body, raw, rateLimit) : undefined;
    if (content !== undefined) return content;
    const reason = errorBody ? 'success with an error in its body' : `no readable ${what}`;
    return { kind: 'inconclusive', reason: `HTTP ${status}: ${reason}`, unreadable: true, refusal, raw };
  }
  return { kind: 'inconclusive', reason: `HTTP ${status}`, unreadable: status < 500, refusal, raw };
}

/** Characters that are kept of a response that cannot be stored as JSON. */
export const RAW_TEXT_LIMIT = 4_000;
/** The provider's window, which slides: no response may ask for a longer pause. */
const RATE_LIMIT_WINDOW_MS = 60_000;
const MAX_AMOUNT = BigInt(Number.MAX_SAFE_INTEGER);

/** A payout link in the provider's form; undefined when a required field is missing or of another type. */
function parseProviderLink(body: Readonly<Record<string, unknown>>): ProviderLink | undefined {
  const id = idText(body.id, PROVIDER_ID);
  const externalId = idText(body.external_id);
  const amount = parseAmount(body.amount);
  const providerStatus = text(body.status, MAX_ID);
  if (id === null || externalId === null || amount === null || providerStatus === null) return undefined;

  const status = statusOfProviderWord(providerStatus);
  const expiresAt = parseTime(body.expiration_timestamp);
  const createdAt = parseTime(body.created);
  const claimedAt = parseTime(body.claimed_timestamp);
  const beganAt: Partial<Record<PayoutLinkStatus, Date | null>> = {
    PENDING: createdAt,
    REQUESTED: claimedAt,
    SUCCEEDED: parseTime(body.completed_timestamp),
    FAILED: parseTime(body.failed_timestamp),
    EXPIRED: expiresAt,
  };
  return {
    id,
    externalId,
    amount,
    providerStatus,
    status,
    failureCode: parseFailureCode(providerStatus, status, body),
    payoutUrl: text(body.payout_url),
    expiresAt,
    disbursementId: idText(body.disbursement_id),
    createdAt,
    claimedAt,
    occurredAt: beganAt[status] ?? null,
  };
}

/**
 * The reason of a failure: `failure_code`, else `failure_reason`, else our code for statuses that are a reason
 * themselves.
 */
export function parseFailureCode(
  providerStatus: string,
  status: PayoutLinkStatus,
  body: Readonly<Record<string, unknown>>,
): string | null {
  if (providerStatus.trim().toUpperCase() === 'LOCKED') return 'RECIPIENT_LOCKED_OUT';
  if (status === 'EXPIRED') return EXPIRED_UNCLAIMED;
  if (status !== 'FAILED' && status !== 'REVERSED') return null;
  const code = (text(body.failure_code) ?? text(body.failure_reason))?.slice(0, MAX_ID) ?? null;
  return status === 'REVERSED' ? (code ?? REVERSED_BY_BANK) : code;
}

/** Whole rupiah from a JSON number or a string of digits; null for anything else, including fractions. */
export function parseAmount(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? BigInt(value) : null;
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return null;
  const amount = BigInt(value);
  return amount > 0n && amount <= MAX_AMOUNT ? amount : null;
}

/** Narrows to a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when it is not JSON, or cannot be stored as such. */
function parseJson(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return isTooDeep(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function parseTime(value: unknown): Date | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** The five error body shapes of the provider's services. */
function parseErrorBody(
  body: Record<string, unknown>,
): { refusal: ProviderRefusal; message: string } | undefined {
  const errorCode = text(body.error_code, MAX_ID) ?? undefined;
  const message = text(body.message) ?? text(body.error);
  const validation = isRecord(body.validation) ? body.validation.errors : undefined;
  const errors = [body.errors, validation].flatMap((list) =>
    Array.isArray(list) ? list.map(parseFieldError) : [],
  );
  if (!errorCode && !message && errors.length === 0) return undefined;
  return {
    refusal: { errorCode, ...(errors.length > 0 && { errors: errors.slice(0, 50) }) },
    message: message ?? errors.map((error) => error.message).join('; '),
  };
}

function parseFieldError(error: unknown): FieldError {
  if (!isRecord(error)) return { field: '', message: maskEmails(String(error).slice(0, 500)) };
  const path = Array.isArray(error.path) ? error.path.join('.') : error.path;
  return {
    field: text(path) ?? text(error.field) ?? '',
    message: maskEmails(text(error.message) ?? 'invalid'),
  };
}

function parseRateLimit(headers: Readonly<Record<string, unknown>>): RateLimit {
  const resetMs = resetMsOf(headers);
  return {
    limit: numeric(headers['rate-limit-limit']),
    remaining: numeric(headers['rate-limit-remaining']),
    resetMs: resetMs === null ? null : Math.min(RATE_LIMIT_WINDOW_MS, resetMs),
  };
}

function resetMsOf(headers: Readonly<Record<string, unknown>>): number | null {
  const seconds = numeric(headers['rate-limit-reset']);
  return seconds === null ? null : Math.ceil(seconds * 1000);
}

function numeric(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(number) && number >= 0 ? number : null;
}
