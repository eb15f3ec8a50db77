import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ProgramLogger, readConfiguration } from 'app-runtime';
import { startTelemetry, type Telemetry } from 'app-runtime/observability';
import { DEFAULT_ACCOUNT, PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { createDemo } from '../../apps/demo/src/create-demo.js';
import { SandboxCaller } from '../sandbox/sandbox.caller.js';
import { Contract } from './open-api.contract.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

/** A response with its body read: JSON if it is, else the text. */
export interface ApiResponse<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

/** A payout link in the demo's responses. */
export interface Link {
  id: string;
  externalId: string;
  account: string;
  providerId: string | null;
  amount: number;
  email: string;
  status: string;
  failureCode: string | null;
  advice: {
    retry: string;
    owner: string;
    notBefore: string | null;
    automaticAt: string | null;
    text: string;
  } | null;
  reissueOf: string | null;
  updatedAt: string;
}

export interface ErrorBody {
  error: { code: string; message: string; details?: { field: string; message: string }[] };
}

let count = 0;
/** One per process. */
let telemetry: Telemetry | undefined;
const contract = Contract.committed();

/** A running demo and its callers. */
export class Demo {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    private readonly headers: Record<string, string>,
  ) {}

  static async open(
    {
      databaseUrl,
      sandbox,
    }: { databaseUrl: string; sandbox: Pick<Sandbox, 'url' | 'apiKey' | 'webhookToken'> },
    env: Record<string, string> = {},
  ): Promise<Demo> {
    const configuration = readConfiguration({ LOG_LEVEL: 'error', ...env });
    const provider = {
      baseUrl: sandbox.url,
      accounts: { [DEFAULT_ACCOUNT]: { apiKey: sandbox.apiKey, webhookTokens: [sandbox.webhookToken] } },
    };
    telemetry ??= startTelemetry();
    const logger = new ProgramLogger({ level: configuration.logLevel });
    const app = await createDemo({ configuration, databaseUrl, provider, telemetry }, logger);
    await app.listen(0, '127.0.0.1');
    const key = env.DEMO_API_KEY;
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return new Demo(app, await app.getUrl(), headers);
  }

  /** Every response of a test must conform to the OpenAPI document. */
  async request<Body = ErrorBody>(
    method: string,
    path: string,
    init: RequestInit = {},
  ): Promise<ApiResponse<Body>> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      ...init,
      headers: { ...this.headers, ...(init.headers as object) },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const body = (isJson ? JSON.parse(text) : {}) as Body;
    const fault = contract.faultOf(method, path, response.status, body);
    if (fault !== null) throw new Error(`not as documented (UPDATE_OPENAPI=1): ${fault}: ${text}`);
    return { status: response.status, headers: response.headers, body, text };
  }

  get<Body = ErrorBody>(path: string): Promise<ApiResponse<Body>> {
    return this.request('GET', path);
  }

  post<Body = ErrorBody>(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiResponse<Body>> {
    return this.request('POST', path, {
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** A valid, unused request body, with the given fields. */
  fields(given: Record<string, unknown> = {}): Record<string, unknown> {
    count += 1;
    return { externalId: `pay-${count}`, amount: 1_500_000, email: 'siti@example.com', ...given };
  }

  /** Creates a link. */
  async create(given: Record<string, unknown> = {}): Promise<Link> {
    const response = await this.post<Link>('/payout-links', this.fields(given));
    if (response.status !== 201) throw new Error(`HTTP ${response.status}: ${response.text}`);
    return response.body;
  }

  async link(id: string): Promise<Link> {
    return (await this.get<Link>(`/payout-links/${id}`)).body;
  }

  /** Waits until a webhook has given a link a status. */
  becomes(id: string, status: string): Promise<Link> {
    return until(`link ${id} is ${status}`, async () => {
      const link = await this.link(id);
      return link.status === status && link;
    });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** A demo with its own database and sandbox, which sends its webhooks to it. */
export class DemoStage {
  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: Sandbox,
    readonly provider: SandboxCaller,
    readonly demo: Demo,
  ) {}

  static async open(env: Record<string, string> = {}): Promise<DemoStage> {
    const [database, sandbox] = await Promise.all([
      createTestDatabase(PAYOUT_LINKS_MIGRATIONS),
      startSandbox(),
    ]);
    const demo = await Demo.open({ databaseUrl: database.url, sandbox }, env);
    const provider = new SandboxCaller(sandbox);
    await provider.control('webhooks', { url: `${demo.url}/webhooks/xendit/payout-links` });
    return new DemoStage(database, sandbox, provider, demo);
  }

  /** Makes the next calls of a provider route fail. */
  async fault(route: string, kind: string, times = 1, ms?: number): Promise<void> {
    await this.provider.control('faults', { route, kind, times, ...(ms !== undefined && { ms }) });
  }

  /** A link that the recipient has claimed, with the outcome of the account number. */
  async claimed(accountNumber: string, status: string): Promise<Link> {
    const link = await this.demo.create();
    await this.provider.claim(link.providerId!, accountNumber);
    return this.demo.becomes(link.id, status);
  }

  /** Plans an automatic reissue, as another process would. */
  async plan({ id }: Link): Promise<void> {
    await this.database.query(
      `INSERT INTO payout_link_reissue_plan (payout_link_id, seq, account, failure_code, attempt, max_attempts, due_at,
         planned_at, next_attempt_at)
       SELECT id, version, account, failure_code, 2, 3, '2030-01-31T02:00:00Z', now(), now() FROM payout_link WHERE id = $1`,
      [id],
    );
  }

  async close(): Promise<void> {
    await this.demo.close();
    await this.sandbox.close();
    await this.database.drop();
  }
}
