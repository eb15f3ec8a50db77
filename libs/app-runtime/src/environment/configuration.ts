import { isIP } from 'node:net';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { DEFAULT_ACCOUNT } from 'nestjs-payout-links';
import { ConfigurationError } from './configuration.error.js';
import { Environment, type LogLevelName } from './environment.js';
import { ENVIRONMENT_VARIABLES } from './variables.js';
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
  readonly reportsDir: string;
  readonly reportTimezone: string;
  readonly reportLanguage: 'en' | 'id';
  readonly reportCsvDelimiter: ',' | ';';
  readonly reconcileCron: string;
  readonly reconcileSealAt: string;
  /** Undefined: depends on the kind of key, see `ratePerMinute`. */
  readonly reconcileRatePerMinute: number | undefined;
  readonly reconcileConcurrency: number;
  readonly queueUrl: string | undefined;
  readonly logLevel: LogLevelName;
}

const NUMBERS = new Set(['PORT', 'RECONCILE_RATE_PER_MINUTE', 'RECONCILE_CONCURRENCY']);

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
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({
    databaseUrl: environment.DATABASE_URL,
    apiKey: environment.XENDIT_API_KEY,
    webhookTokens,
    baseUrl: environment.XENDIT_BASE_URL,
    accounts,
    host: environment.HOST ?? '127.0.0.1',
    port: environment.PORT ?? 3000,
    demoApiKey: environment.DEMO_API_KEY,
    reportsDir: environment.REPORTS_DIR ?? './reports',
    reportTimezone: environment.REPORT_TIMEZONE ?? 'Asia/Jakarta',
    reportLanguage: environment.REPORT_LANGUAGE ?? 'en',
    reportCsvDelimiter: environment.REPORT_CSV_DELIMITER ?? ',',
    reconcileCron: environment.RECONCILE_CRON ?? '0 2 * * *',
    reconcileSealAt: environment.RECONCILE_SEAL_AT ?? '08:00',
    reconcileRatePerMinute: environment.RECONCILE_RATE_PER_MINUTE,
    reconcileConcurrency: environment.RECONCILE_CONCURRENCY ?? 8,
    queueUrl: environment.QUEUE_URL,
    logLevel: environment.LOG_LEVEL ?? 'info',
  });
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
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
