/** The defaults that are values; the others depend on something. */
export const DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: 3000,
  METRICS_HOST: '127.0.0.1',
  REPORTS_DIR: './reports',
  REPORT_TIMEZONE: 'Asia/Jakarta',
  REPORT_LANGUAGE: 'en',
  REPORT_CSV_DELIMITER: ',',
  RECONCILE_SEAL_AT: '08:00',
  RECONCILE_CRON: '0 2 * * *',
  RECONCILE_CONCURRENCY: 8,
  RETENTION_DAYS: 400,
  LOG_LEVEL: 'info',
} as const;

const withDefault = (name: keyof typeof DEFAULTS) => [name, String(DEFAULTS[name])] as const;

/** The one table of settings: every variable of every program with its default and meaning, as `--help` shows it. */
export const ENVIRONMENT_VARIABLES = [
  ['DATABASE_URL', 'embedded', 'postgres://…; left out, an embedded PostgreSQL under .data/postgres'],
  ['XENDIT_API_KEY', 'sandbox', 'secret key; left out, everything talks to the sandbox'],
  ['XENDIT_ACCOUNTS', 'none', 'JSON: { "<name>": { "apiKey", "webhookTokens", "forUserId"? } }'],
  ['XENDIT_BASE_URL', 'by key', 'https://api.xendit.co with a key, else the sandbox'],
  ['XENDIT_WEBHOOK_TOKENS', 'sandbox', 'comma-separated verification tokens, all accepted'],
  [...withDefault('HOST'), 'address that the demo listens on'],
  [...withDefault('PORT'), 'port that the demo listens on; 0 picks one'],
  ['DEMO_API_KEY', 'none', 'bearer token of the demo; needed when HOST is not loopback'],
  [...withDefault('METRICS_HOST'), 'address of /metrics and /health/* of serve and worker'],
  ['METRICS_PORT', 'none', 'port of /metrics and /health/* of serve and worker; 0 picks one'],
  [...withDefault('REPORTS_DIR'), 'where report sets are written'],
  [...withDefault('REPORT_TIMEZONE'), 'time zone of business dates and report times'],
  [...withDefault('REPORT_LANGUAGE'), 'language of advice, pages, workbooks and mails: en or id'],
  [...withDefault('REPORT_CSV_DELIMITER'), ', or ; (Indonesian Excel)'],
  ['REPORT_DELIVERY', 'none', 'JSON: targets of report sets, by e-mail or webhook'],
  [...withDefault('RECONCILE_SEAL_AT'), 'until then, the next day, slots with unread links stay open'],
  [...withDefault('RECONCILE_CRON'), 'when the reconciler runs, in REPORT_TIMEZONE'],
  [
    'RECONCILE_RATE_PER_MINUTE',
    '480/48/6000',
    'polls per account and minute: live, development key, sandbox',
  ],
  [...withDefault('RECONCILE_CONCURRENCY'), 'polls in flight at a time'],
  ['AUTO_REISSUE', 'none', 'JSON: failures that serve sends again without a person; {} for the defaults'],
  [
    ...withDefault('RETENTION_DAYS'),
    'days after which the demo deletes webhook deliveries and raw responses',
  ],
  ['QUEUE_URL', 'the database', 'postgres://… or redis://… for the queue'],
  [...withDefault('LOG_LEVEL'), 'trace, debug, info, warn or error'],
  ['LOG_FORMAT', 'text/json', 'text or json; left out, text on a terminal, else json'],
] as const satisfies readonly (readonly [name: string, byDefault: string, meaning: string])[];

/** The table as text, one variable per line. */
export function describeEnvironment(): string {
  const lines = ENVIRONMENT_VARIABLES.map(
    ([name, byDefault, meaning]) => `  ${name.padEnd(26)}${meaning} (${byDefault})`,
  );
  return `Environment:\n${lines.join('\n')}`;
}
