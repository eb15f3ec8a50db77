/** The default account's key; any other `xnd_…` key is a separate account. */
export const SANDBOX_API_KEY = 'xnd_development_sandbox_key_for_local_use_only';

/** The default `x-callback-token` of deliveries. */
export const SANDBOX_WEBHOOK_TOKEN = 'sandbox_webhook_token_for_local_use_only';

/** Where the command sends webhooks without `--webhook-url` and without a saved address. */
export const DEFAULT_WEBHOOK_URL = 'http://127.0.0.1:3000/webhooks/xendit/payout-links';

/** How the sandbox behaves; every field has a default. */
export interface SandboxModuleOptions {
  /** Where deliveries go. @default the state file's, else `defaultWebhookUrl` */
  webhookUrl?: string;
  /** Where they go when the state file has no address. @default none are sent until `POST /webhooks` sets an address */
  defaultWebhookUrl?: string;
  /** Sent as `x-callback-token`. @default the state file's, else `SANDBOX_WEBHOOK_TOKEN` */
  webhookToken?: string;
  /** Requests per key, route and sliding minute. @default 6000 */
  rateLimit?: number;
  /** A JSON file that keeps the state over restarts. @default in memory only */
  data?: string;
  /** Respond to a repeated `X-IDEMPOTENCY-KEY` with the first link instead of refusing it. @default false */
  idempotentReplay?: boolean;
}

/** Options of `startSandbox`: the behaviour and the address to listen on. */
export interface SandboxOptions extends SandboxModuleOptions {
  /** @default 0, any free port */
  port?: number;
  /** @default '127.0.0.1' */
  host?: string;
}

/** The options with their defaults; webhook address and token may still come from the state file. */
export interface ResolvedSandboxOptions {
  webhookUrl: string | undefined;
  defaultWebhookUrl: string | undefined;
  webhookToken: string | undefined;
  rateLimit: number;
  data: string | undefined;
  idempotentReplay: boolean;
}

export const SANDBOX_OPTIONS = Symbol('SANDBOX_OPTIONS');

/** Applies the defaults. */
export function resolveOptions(options: SandboxModuleOptions): ResolvedSandboxOptions {
  return {
    webhookUrl: options.webhookUrl,
    defaultWebhookUrl: options.defaultWebhookUrl,
    webhookToken: options.webhookToken,
    rateLimit: options.rateLimit ?? 6_000,
    data: options.data,
    idempotentReplay: options.idempotentReplay ?? false,
  };
}
