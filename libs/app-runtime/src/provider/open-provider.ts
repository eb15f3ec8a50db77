import { DEFAULT_ACCOUNT, type PayoutLinksAccountOptions } from 'nestjs-payout-links';
import { SANDBOX_API_KEY, SANDBOX_WEBHOOK_TOKEN } from 'payout-links-sandbox';
import type { Configuration } from '../environment/configuration.js';
import { openSandbox, type OpenSandbox, type OpenSandboxOptions } from './open-sandbox.js';

const LIVE_URL = 'https://api.xendit.co';

/** The provider's address and accounts. */
export interface Provider {
  readonly baseUrl: string;
  readonly accounts: Readonly<Record<string, PayoutLinksAccountOptions>>;
  /** True when no money can move: there is no key. */
  readonly isSandbox: boolean;
  /** The opened sandbox, unless another address is configured. */
  readonly sandbox: OpenSandbox | undefined;
  close(): Promise<void>;
}

/** The live provider when there is a key, else the sandbox, which is started if none is running. */
export async function openProvider(
  { apiKey, baseUrl, webhookTokens, accounts }: Configuration,
  where: OpenSandboxOptions = {},
): Promise<Provider> {
  const isSandbox = apiKey === undefined;
  const sandbox = isSandbox && baseUrl === undefined ? await openSandbox(where) : undefined;
  const sandboxToken = isSandbox ? [sandbox?.webhookToken ?? SANDBOX_WEBHOOK_TOKEN] : [];
  const byDefault = {
    apiKey: apiKey ?? SANDBOX_API_KEY,
    webhookTokens: [...webhookTokens, ...sandboxToken],
  };
  return {
    baseUrl: baseUrl ?? sandbox?.url ?? LIVE_URL,
    accounts: { [DEFAULT_ACCOUNT]: byDefault, ...accounts },
    isSandbox,
    sandbox,
    close: async () => sandbox?.close(),
  };
}

/** Polls per minute that an account may use: 480 with a live key, 48 with a development key, 6 000 at the sandbox. */
export function ratePerMinute(configuration: Configuration, provider: Provider, account: string): number {
  if (configuration.reconcileRatePerMinute !== undefined) return configuration.reconcileRatePerMinute;
  if (provider.isSandbox) return 6_000;
  return provider.accounts[account]?.apiKey.startsWith('xnd_development_') ? 48 : 480;
}
