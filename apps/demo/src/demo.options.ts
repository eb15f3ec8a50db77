import type { Configuration, Provider } from 'app-runtime';
import type { Telemetry } from 'app-runtime/observability';
import type { AdviceLanguage } from 'nestjs-payout-links';

/** What the demo is built from. */
export interface DemoDependencies {
  configuration: Configuration;
  databaseUrl: string;
  provider: Pick<Provider, 'baseUrl' | 'accounts'>;
  telemetry: Telemetry;
}

/** How the demo presents its data. */
export interface DemoOptions {
  /** Language of the advice. */
  language: AdviceLanguage;
  /** Time zone of the times on its pages. */
  timezone: string;
  accounts: readonly string[];
  /** Names of the targets of `REPORT_DELIVERY`. */
  targets: readonly string[];
  /** Where the reconciler writes its reports. */
  reportsDir: string;
}

export const DEMO_OPTIONS = Symbol('DEMO_OPTIONS');
