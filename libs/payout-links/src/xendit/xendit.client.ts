import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AxiosError, isAxiosError, isCancel, type AxiosAdapter, type AxiosRequestConfig } from 'axios';
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { InvalidPayoutLinkError } from '../payout-links.errors.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { Meters, type ProviderOperation } from '../telemetry/meters.js';
import { inSpan, SpanKind } from '../telemetry/spans.js';
import { Connections } from './connections.js';
import { ACCEPTED_ENCODINGS, httpAdapter } from './http.adapter.js';
import { nextWaitMs } from './retry.js';
import type { BalanceResponse, NoContent, ProviderResponse } from './provider-response.js';
import { parseBalance, parseResponse, READ_HEADERS, type HttpResponse } from './xendit.responses.js';

/** @internal The values of a create; the same values and key at every attempt. */
export interface CreateRequest {
  externalId: string;
  /** Whole rupiah. */
  amount: bigint;
  email: string;
  idempotencyKey: string;
}

/** @internal The last response to a call, and whether an earlier attempt may have been carried out. */
export interface CallResult<Response = ProviderResponse> {
  response: Response;
  inconclusiveBefore: boolean;
}

/** Options of a read. */
export interface ReadOptions {
  /** Return the result of the first attempt, even a 429. */
  once?: boolean;
  /** Aborts the attempt and makes no other. */
  signal?: AbortSignal;
}

interface Call<Content> extends ReadOptions {
  account: string;
  operation: ProviderOperation;
  method: 'GET' | 'POST';
  path: string;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Attempts at most. @default the option `http.attempts` */
  attempts?: number;
  /** Whether a failed connection is worth another attempt. */
  retryUnreachable: boolean;
  parse: (response: HttpResponse) => Content | NoContent;
  /** Returns why a response is not about this call, or null. */
  accept?: (content: Content | NoContent) => string | null;
}

/**
 * @internal The only HTTP client of the provider: Basic auth, timeouts, retries. Outcomes are values, never
 *   exceptions.
 */
@Injectable()
export class XenditClient implements OnApplicationShutdown {
  private readonly connections: Connections;
  private readonly adapter: AxiosAdapter;

  constructor(
    private readonly http: HttpService,
    private readonly meters: Meters,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    this.connections = new Connections(options.http.connectTimeoutMs);
    const { httpAgent, httpsAgent } = this.connections;
    // axios merges every default into every request. This instance is the library's own, but all applications of a process
    // share it: nothing of this one may be among its defaults.
    const defaults: Partial<typeof http.axiosRef.defaults> = http.axiosRef.defaults;
    for (const name of Object.keys(defaults)) delete defaults[name as keyof typeof defaults];
    this.adapter = httpAdapter({
      baseUrl: options.baseUrl,
      httpAgent,
      httpsAgent,
      maxBodyBytes: options.http.maxBodyBytes,
      responseHeaders: READ_HEADERS,
    });
  }

  onApplicationShutdown(): void {
    this.connections.destroy();
  }

  /**
   * `POST /payouts`. A response with another external id or amount leaves the outcome unknown. See
   * https://docs.xendit.co/integration-payout-links#create-a-payout-link
   */
  createPayout(account: string, request: CreateRequest, attempts?: number): Promise<CallResult> {
    return this.call({
      account,
      operation: 'create',
      method: 'POST',
      path: '/payouts',
      body: { external_id: request.externalId, amount: Number(request.amount), email: request.email },
      headers: { 'X-IDEMPOTENCY-KEY': request.idempotencyKey },
      attempts,
      parse: parseResponse,
      retryUnreachable: false,
      accept: (response) =>
        response.kind !== 'link' ||
        (response.link.externalId === request.externalId && response.link.amount === request.amount)
          ? null
          : 'the response is about another payout',
    });
  }

  /** `GET /payouts/:id`. See https://docs.xendit.co/integration-payout-links#retrieve-a-payout-link */
  async getPayout(account: string, providerId: string, how: ReadOptions = {}): Promise<ProviderResponse> {
    const path = `/payouts/${encodeURIComponent(providerId)}`;
    const call = {
      account,
      operation: 'read',
      method: 'GET',
      path,
      parse: parseResponse,
      retryUnreachable: true,
      ...how,
    } as const;
    return (await this.call(call)).response;
  }

  /** `GET /balance`. See https://docs.xendit.co/apidocs/get-balance */
  async getBalance(account: string): Promise<BalanceResponse> {
    const call = {
      account,
      operation: 'balance',
      method: 'GET',
      path: '/balance',
      parse: parseBalance,
      retryUnreachable: true,
    } as const;
    return (await this.call(call)).response;
  }

  /**
   * `POST /payouts/:id/void`; safe to send twice. See
   * https://docs.xendit.co/integration-payout-links#void-a-payout-link
   */
  voidPayout(account: string, providerId: string): Promise<CallResult> {
    const path = `/payouts/${encodeURIComponent(providerId)}/void`;
    return this.call({
      account,
      operation: 'void',
      method: 'POST',
      path,
      parse: parseResponse,
      retryUnreachable: true,
    });
  }

  private async call<Content extends { kind: 'link' } | { kind: 'balance' }>(
    call: Call<Content>,
  ): Promise<CallResult<Content | NoContent>> {
    const { http } = this.options;
    const limits = { attempts: call.attempts ?? http.attempts, totalTimeoutMs: http.totalTimeoutMs };
    const startedAt = performance.now();
    let attempts = 0;
    let rateLimited = 0;
    let inconclusiveBefore = false;
    for (;;) {
      const elapsedBefore = performance.now() - startedAt;
      const timeoutMs = Math.max(1, Math.min(http.attemptTimeoutMs, limits.totalTimeoutMs - elapsedBefore));
      const response = await this.measured(call, Math.floor(timeoutMs));
      const isFinal = response.kind === 'link' || response.kind === 'balance' || response.kind === 'refused';
      if (call.once || isFinal) {
        return { response, inconclusiveBefore };
      }
      if (response.kind === 'unreachable' && !call.retryUnreachable && !inconclusiveBefore) {
        return { response, inconclusiveBefore };
      }
      rateLimited = response.kind === 'rate-limited' ? rateLimited + 1 : 0;
      if (response.kind !== 'rate-limited') attempts += 1;
      const waitMs = nextWaitMs(
        response.kind === 'rate-limited'
          ? { kind: 'rate-limited', retryAfterMs: response.retryAfterMs }
          : { kind: 'inconclusive' },
        { attempts, rateLimited, elapsedMs: performance.now() - startedAt },
        limits,
        randomInt(1_000) / 1_000,
      );
      if (waitMs === null || call.signal?.aborted) return { response, inconclusiveBefore };
      inconclusiveBefore ||= response.kind === 'inconclusive';
      await wait(waitMs, undefined, { signal: call.signal }).catch(() => undefined);
    }
  }

  /** One attempt, counted and in a span. */
  private async measured<Content extends { kind: string }>(
    call: Call<Content>,
    timeoutMs: number,
  ): Promise<Content | NoContent> {
    const { account, operation, method } = call;
    const attributes = { account, 'http.request.method': method };
    const startedAt = performance.now();
    return inSpan(`provider.${operation}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      const response = await this.attempt(call, timeoutMs);
      const outcome = outcomeOf(response);
      span.setAttribute('payout_links.outcome', outcome);
      this.meters.providerRequest(account, operation, outcome, (performance.now() - startedAt) / 1_000);
      return response;
    });
  }

  private async attempt<Content extends { kind: string }>(
    call: Call<Content>,
    timeoutMs: number,
  ): Promise<Content | NoContent> {
    const account = this.options.accounts.get(call.account);
    if (!account) {
      const message = `no account named "${call.account}" is configured: add it to accounts`;
      throw new InvalidPayoutLinkError([{ field: 'account', message }]);
    }
    if (call.method === 'POST') this.connections.closeIdle();
    const config: AxiosRequestConfig<string> = {
      method: call.method,
      url: call.path,
      data: call.body && JSON.stringify(call.body),
      headers: {
        Accept: 'application/json',
        'User-Agent': 'nestjs-payout-links',
        'Accept-Encoding': ACCEPTED_ENCODINGS,
        ...(call.body && { 'Content-Type': 'application/json' }),
        ...call.headers,
        ...(account.forUserId && { 'for-user-id': account.forUserId }),
        Authorization: `Basic ${Buffer.from(`${account.apiKey}:`).toString('base64')}`,
      },
      adapter: this.adapter,
      validateStatus: null,
      timeout: timeoutMs,
      signal: call.signal,
    };
    try {
      // Not the observable: completing one cancels its request, which creates an error for every good response.
      const httpResponse = await this.http.axiosRef.request<string>(config);
      const response = call.parse({
        status: httpResponse.status,
        headers: httpResponse.headers,
        body: httpResponse.data ?? '',
      });
      const reason = call.accept?.(response) ?? null;
      if (reason === null) return response;
      const raw = 'raw' in response ? response.raw : null;
      return { kind: 'inconclusive', reason, unreadable: true, refusal: {}, raw };
    } catch (error) {
      return this.withoutResponse(error, timeoutMs);
    }
  }

  /** An axios error has the key in its config: only its code leaves this method. */
  private withoutResponse(error: unknown, timeoutMs: number): NoContent {
    if (!isAxiosError(error)) throw new Error('the request to the provider could not be made');
    const code = typeof error.code === 'string' ? error.code : 'no response';
    if (!this.connections.mayHaveSent(error.request))
      return { kind: 'unreachable', reason: `no connection (${code})` };
    const timedOut = isCancel(error) || code === AxiosError.ECONNABORTED;
    return {
      kind: 'inconclusive',
      reason: timedOut
        ? `no response within ${timeoutMs} ms`
        : `connection lost or response unusable (${code})`,
      unreadable: false,
      ...(timedOut && { timedOut }),
      refusal: {},
      raw: null,
    };
  }
}

/** The label of an attempt's outcome: `ok`, `refused`, `rate_limited`, `unreachable`, `timeout`, `inconclusive`. */
function outcomeOf(response: { kind: string; timedOut?: true }): string {
  if (response.kind === 'link' || response.kind === 'balance') return 'ok';
  return response.timedOut ? 'timeout' : response.kind.replace('-', '_');
}
