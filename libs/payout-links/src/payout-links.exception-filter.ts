import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isDatabaseUnavailable, RETRY_AFTER_SECONDS } from './database/database-unavailable.js';
import {
  AbandonRefusedError,
  AdoptRefusedError,
  AuthenticationError,
  DuplicatePayoutError,
  InsufficientBalanceError,
  InvalidPayoutLinkError,
  PayoutLinkNotFoundError,
  PayoutLinkNotVoidableError,
  PayoutLinksError,
  PayoutRejectedError,
  PermissionError,
  ProviderUnavailableError,
  RateLimitedError,
  ReissueRefusedError,
  UnexpectedResponseError,
  WriteOffRefusedError,
  type FieldError,
} from './payout-links.errors.js';

/** The HTTP response to an error of payout links. */
export interface PayoutLinksErrorResponse {
  status: number;
  body: { error: { code: string; message: string; details?: readonly FieldError[] } };
  /** With status 503: seconds for `Retry-After`. */
  retryAfterSeconds?: number;
}

const STATUS_OF: readonly (readonly [new (...args: never[]) => PayoutLinksError, number])[] = [
  [InvalidPayoutLinkError, 400],
  [PayoutLinkNotFoundError, 404],
  [DuplicatePayoutError, 409],
  [PayoutLinkNotVoidableError, 409],
  [ReissueRefusedError, 409],
  [AdoptRefusedError, 409],
  [WriteOffRefusedError, 409],
  [AbandonRefusedError, 409],
  [InsufficientBalanceError, 422],
  [PayoutRejectedError, 422],
  [AuthenticationError, 502],
  [PermissionError, 502],
  [ProviderUnavailableError, 502],
  [UnexpectedResponseError, 502],
  [RateLimitedError, 503],
];

/**
 * What the filter catches, evaluated by Nest as `error instanceof type`. Everything else goes to the host's other
 * filters.
 */
class MappedError {
  static [Symbol.hasInstance](error: unknown): boolean {
    return responseOf(error) !== null;
  }
}

/** Of Express or Fastify. */
interface HttpResponse {
  /** Of Express. */
  headersSent?: boolean;
  /** Of Fastify. */
  sent?: boolean;
  status(code: number): HttpResponse;
  header(name: string, value: string): HttpResponse;
  send(body: object): unknown;
}

interface WebSocketClient {
  emit?(event: string, data: object): unknown;
}

/**
 * Responds to errors of payout links, and to an unavailable database, with `{ "error": { "code", "message",
 * "details"? } }`. Use it as an `APP_FILTER` provider, with `@UseFilters`, or with `app.useGlobalFilters(new
 * PayoutLinksExceptionFilter())`. Other errors, and contexts other than HTTP, go to Nest's own filters.
 */
@Catch(MappedError)
export class PayoutLinksExceptionFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const found = responseOf(error);
    if (!found) return;
    // For microservices and GraphQL, Nest's own filter continues when this one returns nothing; for WebSockets it
    // does not, so its event is sent here.
    if (host.getType() === 'ws') {
      host.switchToWs().getClient<WebSocketClient>().emit?.('exception', {
        status: 'error',
        message: found.body.error.message,
      });
    }
    if (host.getType() !== 'http') return;
    const response = host.switchToHttp().getResponse<HttpResponse>();
    if (response.headersSent ?? response.sent) return;
    if (found.retryAfterSeconds !== undefined)
      response.header('Retry-After', String(found.retryAfterSeconds));
    response.status(found.status).send(found.body);
  }

  /** The response to an error, for a host's own filter; null for an error that is not about payout links. */
  static responseOf(error: unknown): PayoutLinksErrorResponse | null {
    return responseOf(error);
  }
}

function responseOf(error: unknown): PayoutLinksErrorResponse | null {
  if (error instanceof PayoutLinksError) return ofPayoutLinks(error);
  if (!isDatabaseUnavailable(error)) return null;
  return {
    status: 503,
    body: {
      error: { code: 'DATABASE_UNAVAILABLE', message: 'the database cannot be reached: try again later' },
    },
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  };
}

function ofPayoutLinks(error: PayoutLinksError): PayoutLinksErrorResponse | null {
  const [, status] = STATUS_OF.find(([type]) => error instanceof type) ?? [];
  if (status === undefined) return null;
  const { code, message } = error;
  const details = 'errors' in error ? (error.errors as readonly FieldError[] | undefined) : undefined;
  return {
    status,
    body: { error: { code, message, ...(details && details.length > 0 && { details }) } },
    ...(error instanceof RateLimitedError && {
      retryAfterSeconds: Math.max(1, Math.ceil(error.retryAfterMs / 1_000)),
    }),
  };
}
