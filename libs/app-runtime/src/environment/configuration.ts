import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { DEFAULT_ACCOUNT, type PayoutLinksAutoReissueOptions } from 'nestjs-payout-links';
import { readAutoReissue } from './auto-reissue.js';
import { ConfigurationError } from './configuration.error.js';
import { readDeliveryTargets, type DeliveryTarget } from './delivery.js';
import { Environment, type LogFormat, type LogLevelName } from './environment.js';
import { isLoopback } from './loopback.js';
import { DEFAULTS, ENVIRONMENT_VARIABLES } from './variables.js';
import { readAccounts, type Accounts } from './accounts.js';

/** The validated environment with all defaults applied. */
export interface Configuration {
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the sandbox, which supplies missing key, tokens and address. */
  readonly apiKey: string | undefined;
  readonly webhookTokens: readonly string[];
  readonly baseUrl: string | undefined;
  readonly accounts: Accounts;
  readonly host: string;
  readonly port: number;
  readonly demoApiKey: string | undefined;
  readonly metricsHost: string;
  /** Undefined: metrics and health of the reconciler are not exposed. */
  readonly metricsPort: number | undefined;
  readonly reportsDir: string;
  readonly reportTimezone: string;
  readonly reportLanguage: 'en' | 'id';
  readonly reportCsvDelimiter: ',' | ';';
  readonly reportDelivery: readonly DeliveryTarget[];
  readonly reconcileCron: string;
  readonly reconcileSealAt: string;
  /** Undefined: depends on the kind of key, see `ratePerMinute`. */
  readonly reconcileRatePerMinute: number | undefined;
  readonly reconcileConcurrency: number;
  /** Undefined: failures are left to people. */
  readonly autoReissue: PayoutLinksAutoReissueOptions | undefined;
  /** Of webhook deliveries and raw responses. */
  readonly retentionDays: number;
  readonly queueUrl: string | undefined;
  readonly logLevel: LogLevelName;
  /** Undefined: depends on whether the log goes to a terminal. */
  readonly logFormat: LogFormat | undefined;
}

const NUMBERS = new Set([
  'PORT',
  'METRICS_PORT',
  'RECONCILE_RATE_PER_MINUTE',
  'RECONCILE_CONCURRENCY',
  'RETENTION_DAYS',
]);

/**
 * Reads and validates all variables.
 * @throws ConfigurationError with everything that is wrong
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const given = Object.fromEntries(
    ENVIRONMENT_VARIABLES.filter(([name]) => env[name] !== undefined).map(([name]) => [
      name,
      NUMBERS.has(name) ? readNumber(env[name]!) : env[name],
    ]),
  );
  const environment = plainToInstance(Environment, given);
  const wrong = validateSync(environment, { stopAtFirstError: true });
  const problems = wrong.flatMap(({ constraints }) => Object.values(constraints ?? {}));
  const accounts = readAccounts(environment.XENDIT_ACCOUNTS, problems);
  const webhookTokens = (environment.XENDIT_WEBHOOK_TOKENS ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
  problems.push(...contradictions(environment, accounts, webhookTokens));
  const reportDelivery = readDeliveryTargets(
    environment.REPORT_DELIVERY,
    [DEFAULT_ACCOUNT, ...Object.keys(accounts)],
    problems,
  );
  const autoReissue = readAutoReissue(environment.AUTO_REISSUE, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({
    databaseUrl: environment.DATABASE_URL,
    apiKey: environment.XENDIT_API_KEY,
    webhookTokens,
    baseUrl: environment.XENDIT_BASE_URL,
    accounts,
    host: environment.HOST ?? DEFAULTS.HOST,
    port: environment.PORT ?? DEFAULTS.PORT,
    demoApiKey: environment.DEMO_API_KEY,
    metricsHost: environment.METRICS_HOST ?? DEFAULTS.METRICS_HOST,
    metricsPort: environment.METRICS_PORT,
    reportsDir: environment.REPORTS_DIR ?? DEFAULTS.REPORTS_DIR,
    reportTimezone: environment.REPORT_TIMEZONE ?? DEFAULTS.REPORT_TIMEZONE,
    reportLanguage: environment.REPORT_LANGUAGE ?? DEFAULTS.REPORT_LANGUAGE,
    reportCsvDelimiter: environment.REPORT_CSV_DELIMITER ?? DEFAULTS.REPORT_CSV_DELIMITER,
    reportDelivery,
    reconcileCron: environment.RECONCILE_CRON ?? DEFAULTS.RECONCILE_CRON,
    reconcileSealAt: environment.RECONCILE_SEAL_AT ?? DEFAULTS.RECONCILE_SEAL_AT,
    reconcileRatePerMinute: environment.RECONCILE_RATE_PER_MINUTE,
    reconcileConcurrency: environment.RECONCILE_CONCURRENCY ?? DEFAULTS.RECONCILE_CONCURRENCY,
    autoReissue,
    retentionDays: environment.RETENTION_DAYS ?? DEFAULTS.RETENTION_DAYS,
    queueUrl: environment.QUEUE_URL,
    logLevel: environment.LOG_LEVEL ?? DEFAULTS.LOG_LEVEL,
    logFormat: environment.LOG_FORMAT,
  });
}

function contradictions(
  { XENDIT_API_KEY, XENDIT_BASE_URL }: Environment,
  accounts: Accounts,
  webhookTokens: readonly string[],
): string[] {
  const problems = [];
  if (XENDIT_API_KEY !== undefined && webhookTokens.length === 0) {
    problems.push(
      'XENDIT_WEBHOOK_TOKENS must hold the verification token of the account of XENDIT_API_KEY (dashboard: Settings, Webhooks)',
    );
  }
  if (XENDIT_API_KEY !== undefined && Object.hasOwn(accounts, DEFAULT_ACCOUNT)) {
    problems.push(`XENDIT_ACCOUNTS must not name ${DEFAULT_ACCOUNT}: that is the account of XENDIT_API_KEY`);
  }
  const live = Object.values(accounts).some(({ apiKey }) => apiKey.startsWith('xnd_production_'));
  if (XENDIT_API_KEY === undefined && XENDIT_BASE_URL === undefined && live) {
    problems.push(
      'XENDIT_ACCOUNTS holds a live key, which would go to the sandbox: give XENDIT_API_KEY or XENDIT_BASE_URL too',
    );
  }
  if (XENDIT_BASE_URL !== undefined && URL.canParse(XENDIT_BASE_URL)) {
    const { protocol, hostname } = new URL(XENDIT_BASE_URL);
    if (protocol === 'http:' && !isLoopback(hostname)) {
      problems.push('XENDIT_BASE_URL must begin with https://, or keys would travel in the clear');
    }
    if (XENDIT_API_KEY === undefined && !isLoopback(hostname)) {
      problems.push('XENDIT_API_KEY must be given with an XENDIT_BASE_URL that is not on this machine');
    }
  }
  return problems;
}

function readNumber(text: string): number | string {
  return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
}
