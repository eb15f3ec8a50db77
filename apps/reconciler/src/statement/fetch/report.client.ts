import { setTimeout as wait } from 'node:timers/promises';
import type { StatementKind } from '../statement-line.js';
import { attempt, PassingFailure } from './attempts.js';
import { limitedText } from './limited-body.js';
import { StatementNotFetchedError } from './statement-not-fetched.error.js';

/** The account at the provider. */
export interface ReportAccount {
  baseUrl: string;
  apiKey: string;
  forUserId?: string;
}

/** How long things may take, in milliseconds. */
export interface FetchTiming {
  /** Between two reads of a report's state, at first; doubled up to ten times this. @default 1 000 */
  pollMs: number;
  /** Until a report must be finished. @default ten minutes */
  patienceMs: number;
  /** Before each further attempt of a request. */
  waitsMs?: readonly number[];
}

const DEFAULT_TIMING: FetchTiming = { pollMs: 1_000, patienceMs: 10 * 60_000 };

/** The provider makes reports of less than 92 days. */
export const LONGEST_REPORT_DAYS = 92;

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 1_000_000;
const REQUESTS: Readonly<Record<StatementKind, object>> = {
  transactions: { type: 'TRANSACTIONS', report_version: 'VERSION_2' },
  balance: { type: 'BALANCE_HISTORY' },
};

/** Asks the provider for its reports. See https://docs.xendit.co/apidocs/generate-report */
export class ReportClient {
  constructor(
    private readonly account: ReportAccount,
    private readonly timing: FetchTiming = DEFAULT_TIMING,
  ) {}

  /**
   * Asks for a report and waits until it is there.
   * @returns the address of its file
   * @throws StatementNotFetchedError
   */
  async report(kind: StatementKind, from: Date, to: Date, signal: AbortSignal): Promise<string> {
    const filter = { from: from.toISOString(), to: to.toISOString() };
    const body = { ...REQUESTS[kind], filter, format: 'CSV', currency: 'IDR' };
    const { id } = await this.request('POST', '/reports', signal, body);
    if (typeof id !== 'string' || id === '')
      throw new StatementNotFetchedError('The provider accepted the report without naming it');
    const giveUpAt = performance.now() + this.timing.patienceMs;
    for (let pause = this.timing.pollMs; ; pause = Math.min(2 * pause, 10 * this.timing.pollMs)) {
      const { url, status } = await this.request('GET', `/reports/${encodeURIComponent(id)}`, signal);
      if (typeof url === 'string' && url !== '') return url;
      if (status === 'FAILED')
        throw new StatementNotFetchedError(`The provider could not make the report ${id}: FAILED`);
      if (performance.now() + pause > giveUpAt)
        throw new StatementNotFetchedError(
          `The provider's report ${id} was not finished in time (${Math.round(this.timing.patienceMs / 60_000)} minutes)`,
        );
      await wait(pause, undefined, { signal });
    }
  }

  private request(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<Record<string, unknown>> {
    return attempt(() => this.send(method, path, signal, body), signal, this.timing.waitsMs).catch(
      (error: unknown) => {
        if (!(error instanceof PassingFailure)) throw error;
        throw new StatementNotFetchedError(`${method} /reports: ${error.message}`, { cause: error });
      },
    );
  }

  private async send(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<Record<string, unknown>> {
    const { baseUrl, apiKey, forUserId } = this.account;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
          ...(forUserId !== undefined && { 'for-user-id': forUserId }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      text = await limitedText(response, MAX_BODY_BYTES);
    } catch (cause) {
      throw new PassingFailure('the provider did not respond', { cause });
    }
    const content = parseObject(text);
    if (response.ok && content) return content;
    const { status } = response;
    if (status === 401 || status === 403)
      throw new StatementNotFetchedError(
        `The provider refused the key (HTTP ${status}): it needs the permission to read transactions and reports`,
      );
    const reason = reasonOf(status, content);
    // Its documentation gives RATE_LIMIT_EXCEEDED with 404, and a report may appear a moment after it was asked for.
    const isPassing404 =
      status === 404 && (method === 'GET' || content?.error_code === 'RATE_LIMIT_EXCEEDED');
    if (response.ok || status >= 500 || status === 429 || status === 408 || isPassing404)
      throw new PassingFailure(reason);
    throw new StatementNotFetchedError(`The provider refused ${method} /reports: ${reason}`);
  }
}

function reasonOf(status: number, content: Record<string, unknown> | undefined): string {
  const { error_code: code, message } = content ?? {};
  const words = [code, message].filter((word) => typeof word === 'string').join(', ');
  return words === '' ? `HTTP ${status}` : `HTTP ${status}, ${words.slice(0, 300).replace(/\.$/, '')}`;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
